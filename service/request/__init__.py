"""What is asked, on the command line, in Python or over HTTP: checked, before anything is screened."""
