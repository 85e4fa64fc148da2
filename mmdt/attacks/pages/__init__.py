"""Attacks that move the request into pictures made for it. Pictures that the case has already stay before them."""
