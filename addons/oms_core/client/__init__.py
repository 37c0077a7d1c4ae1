"""HTTP without the ORM: the one door to the network and what guards it."""
