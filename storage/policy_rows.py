"""TEMPORARY, replaced by branch rules."""
class PolicyRows:
    def __init__(self, connection: object) -> None: ...
    def version(self) -> int:
        return 0
