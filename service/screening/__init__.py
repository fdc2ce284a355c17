"""Patients screened: one after the other over files, or as requests bring them."""
