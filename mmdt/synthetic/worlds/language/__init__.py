"""The words of the drawn worlds: how requests and questions are worded, and how they are understood."""
