// The head of an answer as bytes. Safe from any thread.
#pragma once

#include <Poco/Net/HTTPResponse.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::net {

void append_status_line(std::string& out, int status, std::string_view reason);
void append_date(std::string& out);  // the date field, now

// The fields of `response` except those that frame the answer and date.
void append_fields(std::string& out, const Poco::Net::HTTPResponse& response);

}  // namespace gatehouse::net
