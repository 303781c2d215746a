// Takes a secret out of a text that is about to leave: a provider's words may quote the key they were sent.
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::core {

inline constexpr std::size_t kTellingPiece = 8;  // characters of a secret that are a secret themselves

// Puts "***" where the secret, or a piece of it of kTellingPiece characters or more, stands. The rest stays.
// A secret that is shorter is taken out where it stands whole.
void mask(std::string& text, std::string_view secret);

// The same for the credentials in a URL: what stands before an '@', and the values of the query.
std::string without_credentials(std::string_view url);

}  // namespace gatehouse::core
