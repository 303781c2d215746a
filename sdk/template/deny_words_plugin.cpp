#include "deny_words.h"

GH_EXPORT_POLICY(DenyWords, "deny_words", "1.0.0", "Keeps words out of prompts and replies")
