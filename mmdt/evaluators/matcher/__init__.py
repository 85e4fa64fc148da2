"""Matchers: does a reply say the same as the reference answer?"""
