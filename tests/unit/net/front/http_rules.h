// What RFC 9110 and 9112 demand of a server, as streams of bytes: the cases that conformance suites send. Each stands
// for one rule; "must" is the RFC's own word, and every one of them is held. Values.
#pragma once

#include <string>
#include <vector>

namespace gatehouse::net {

enum class Demand { must, should, may };

struct HttpRule {
  std::string name;
  Demand demand;
  std::string bytes;  // the connection has to end by itself after the answers
  std::vector<int> statuses;
};

inline std::vector<HttpRule> http_rules() {
  using enum Demand;
  const std::string line = "GET / HTTP/1.1\r\n", host = "Host: a\r\n", bye = "Connection: close\r\n\r\n";
  const auto fields = [&](const std::string& more) { return line + host + more + bye; };
  const auto post = [&](const std::string& more, const std::string& body) {
    return "POST / HTTP/1.1\r\n" + host + more + bye + body;
  };
  const auto sized = [&](const std::string& length) { return post("Content-Length: " + length + "\r\n", "hello"); };
  const auto coded = [&](const std::string& coding) {
    return post("Transfer-Encoding: " + coding + "\r\nContent-Length: 5\r\n", "0\r\n\r\n");
  };
  const auto chunks = [&](const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); };
  return {
      // The request line.
      {"MissingTarget", must, "GET HTTP/1.1\r\n" + host + bye, {400}},
      {"AsteriskWithGet", must, "GET * HTTP/1.1\r\n" + host + bye, {400}},
      {"AsteriskWithOptions", must, "OPTIONS * HTTP/1.1\r\n" + host + bye, {200}},
      {"AbsoluteForm", must, "GET http://a/ HTTP/1.1\r\n" + host + bye, {200}},
      {"VersionWithoutMinor", must, "GET / HTTP/1\r\n" + host + bye, {400}},
      {"VersionWithLeadingZeros", must, "GET / HTTP/01.01\r\n" + host + bye, {400}},
      {"VersionWithBlank", must, "GET / HTTP/ 1.1\r\n" + host + bye, {400}},
      {"LaterMinorVersion", must, "GET / HTTP/1.2\r\n" + host + bye, {200}},
      {"OtherMajorVersion", should, "GET / HTTP/9.9\r\n" + host + bye, {505}},
      {"NoVersionAtAll", should, "GET /\r\n\r\n", {400}},
      {"SeveralBlanks", should, "GET  /  HTTP/1.1\r\n" + host + bye, {400}},
      {"TabInsteadOfBlank", should, "GET\t/\tHTTP/1.1\r\n" + host + bye, {400}},
      {"Fragment", should, "GET /#a HTTP/1.1\r\n" + host + bye, {400}},
      {"NonAsciiTarget", must, "GET /caf\xc3\xa9 HTTP/1.1\r\n" + host + bye, {400}},
      {"OverlongUtf8Target", must, "GET /\xc0\xaf HTTP/1.1\r\n" + host + bye, {400}},
      {"NulInTarget", must, "GET /" + std::string(1, '\0') + " HTTP/1.1\r\n" + host + bye, {400}},
      {"TargetTooLong", must, "GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\n" + host + bye, {414}},
      {"EmptyLineBefore", should, "\r\n" + fields(""), {200}},
      {"BareLfAfterRequestLine", may, "GET / HTTP/1.1\n" + host + bye, {400}},
      {"BareCrAsLineEnd", must, "GET / HTTP/1.1\rHost: a\r\r", {400}},
      {"Garbage", should, "\x01\x02\xff\xfe\r\n\r\n", {400}},
      {"Connect", should, "CONNECT a:80 HTTP/1.1\r\n" + host + bye, {400}},
      // Host.
      {"NoHost", must, line + bye, {400}},
      {"TwoHosts", must, line + host + "Host: b\r\n" + bye, {400}},
      {"TheSameHostTwice", must, line + host + host + bye, {400}},
      {"HostList", must, line + "Host: a, b\r\n" + bye, {400}},
      {"HostWithUserinfo", must, line + "Host: me@a\r\n" + bye, {400}},
      {"HostWithPath", must, line + "Host: a/b\r\n" + bye, {400}},
      {"EmptyHost", must, line + "Host:\r\n" + bye, {400}},
      // Fields.
      {"BlankBeforeColon", must, fields("X-A : b\r\n"), {400}},
      {"TabInName", must, fields("X\tA: b\r\n"), {400}},
      {"FoldedLine", must, fields("X-A: b\r\n c\r\n"), {400}},
      {"BlankBeforeFirstField", must, line + " X-A: b\r\n" + host + bye, {400}},
      {"EmptyName", must, fields(": b\r\n"), {400}},
      {"BracketsInName", must, fields("X[A]: b\r\n"), {400}},
      {"NonAsciiName", must, fields("X\xc3\xa9: b\r\n"), {400}},
      {"NoColon", must, fields("nonsense\r\n"), {400}},
      {"NulInValue", must, fields("X-A: a" + std::string(1, '\0') + "\r\n"), {400}},
      {"BareCrInValue", must, fields("X-A: a\rb\r\n"), {400}},
      {"ControlInValue", must, fields("X-A: a\x02\r\n"), {400}},
      {"ValueTooLong", must, fields("X-A: " + std::string(100'000, 'x') + "\r\n"), {431}},
      {"NameTooLong", must, fields(std::string(100'000, 'x') + ": a\r\n"), {431}},
      {"NamesInAnyCase", must, line + "hOsT: a\r\n" + bye, {200}},
      {"UpgradeToTheUnknown", must, fields("Upgrade: tea\r\n"), {200}},
      {"UnknownExpectation", may, post("Expect: tea\r\nContent-Length: 5\r\n", "hello"), {417}},
      // Content-Length.
      {"Length", must, sized("5"), {200}},
      {"LengthZero", must, post("Content-Length: 0\r\n", ""), {200}},
      {"LengthInWords", must, sized("five"), {400}},
      {"LengthWithPlus", must, sized("+5"), {400}},
      {"LengthNegative", must, sized("-5"), {400}},
      {"LengthNegativeZero", must, sized("-0"), {400}},
      {"LengthWithUnderscore", must, sized("1_0"), {400}},
      {"LengthOctal", must, sized("0o5"), {400}},
      {"LengthHex", must, sized("0x5"), {400}},
      {"LengthWithBlankInside", must, sized("1 0"), {400}},
      {"LengthOverflows", must, sized("99999999999999999999"), {400}},
      {"LengthEmpty", must, sized(""), {400}},
      {"TwoLengths", must, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), {400}},
      {"LengthList", must, sized("5, 6"), {400}},
      {"LengthWithLeadingZeros", should, sized("005"), {400}},
      {"BlanksAroundLength", should, post("Content-Length:  5 \r\n", "hello"), {200}},
      {"PostWithoutLength", may, post("", ""), {411}},
      // Transfer-Encoding.
      {"CodingAndLength", must, coded("chunked"), {400}},
      {"CodingNotChunkedLast", must, coded("chunked, gzip"), {400}},
      {"CodingUnknown", must, coded("xchunked"), {400}},
      {"CodingEmpty", must, coded(""), {400}},
      {"CodingIdentity", must, coded("identity"), {400}},
      {"CodingWithVerticalTab",
       must,
       coded("\x0b"
             "chunked"),
       {400}},
      {"CodingWithFormFeed",
       must,
       coded("\x0c"
             "chunked"),
       {400}},
      {"CodingWithNul", must, coded("chunked" + std::string(1, '\0')), {400}},
      {"CodingFolded", must, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), {400}},
      {"CodingTwice", must, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), {400}},
      {"CodingInHttp10", must, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}},
      {"CodingInCapitals", should, post("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"), {200}},
      // Chunks.
      {"Chunk", must, chunks("5\r\nhello\r\n0\r\n\r\n"), {200}},
      {"SeveralChunks", must, chunks("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), {200}},
      {"OnlyTheLastChunk", must, chunks("0\r\n\r\n"), {200}},
      {"SizeInCapitals", must, chunks("A\r\n0123456789\r\n0\r\n\r\n"), {200}},
      {"Trailer", must, chunks("5\r\nhello\r\n0\r\nX-A: b\r\n\r\n"), {200}},
      {"Extension", must, chunks("5;a=b\r\nhello\r\n0\r\n\r\n"), {200}},
      {"ExtensionWithoutName", must, chunks("5;\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ExtensionWithNul", must, chunks("5;a" + std::string(1, '\0') + "\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ExtensionWithCr", must, chunks("5;a\rb\r\nhello\r\n0\r\n\r\n"), {400}},
      {"SizeEndsInCr", must, chunks("5\rhello\r\n0\r\n\r\n"), {400}},
      {"SizeEndsInLf", must, chunks("5\nhello\r\n0\r\n\r\n"), {400}},
      {"SizeHexPrefix", must, chunks("0x5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"SizeUnderscore", must, chunks("1_0\r\nhello\r\n0\r\n\r\n"), {400}},
      {"SizeLeadingBlank", must, chunks(" 5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"SizeNegative", must, chunks("-5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"SizeOverflows", must, chunks("fffffffffffffffff\r\nhello\r\n0\r\n\r\n"), {400}},
      {"DataWithoutLineEnd", must, chunks("5\r\nhello0\r\n\r\n"), {400}},
      {"DataTooLong", must, chunks("5\r\nhello!!\r\n0\r\n\r\n"), {400}},
      {"EndInLf", must, chunks("5\r\nhello\r\n0\r\n\n"), {400}},
      // Connections.
      {"CloseIsObeyed", must, fields("") + line + host + bye, {200}},
      {"Http10ClosesByItself", should, "GET / HTTP/1.0\r\n\r\n", {200}},
      {"Pipelined", must, line + host + "\r\n" + fields(""), {200, 200}},
  };
}

}  // namespace gatehouse::net
