"""What a text goes through between an Ask and an Answer: hops from language to language, and markup."""
