"""What mmdt is made of: the lock of the environment that CI tests, licences, a bill of materials, known weaknesses."""
