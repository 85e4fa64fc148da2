"""What the site has beyond its pages: parts made from the product, which cannot be out of date."""
