"""Counters: how many of each object does a reply say there are?"""
