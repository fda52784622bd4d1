"""What goes in and comes out as files: spreadsheets and lines of JSON in, lines of JSON out."""
