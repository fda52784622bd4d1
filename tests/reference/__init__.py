"""A slow, plain referee for replay, written from the design alone: it shares no code with the product that it judges."""
