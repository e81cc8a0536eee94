# What an installation starts from.
