"""The parts of the EHR for trying the service on one machine; `examples/ehr_stand_in.py` runs it."""
