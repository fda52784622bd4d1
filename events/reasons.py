"""Why somebody leaves a role or an organization: the words that may be given, with their labels."""

REASONS = {
    "death": ("death", "死去"),
    "illness": ("illness", "病気"),
    "performance": ("performance", "業績"),
    "conduct": ("conduct", "不祥事"),
    "retired": ("retired", "引退"),
    "new_opportunity": ("new opportunity", "新たな挑戦"),
    "other": ("other", "その他"),
    "unknown": ("unknown", "不明"),
}
