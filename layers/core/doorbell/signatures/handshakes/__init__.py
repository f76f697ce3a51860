"""Requests that ask whether somebody is at home: answered, never forwarded."""
