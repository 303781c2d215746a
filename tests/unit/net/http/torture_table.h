// Byte streams a client may send, and how each must be answered: malformed, ambiguous, oversized
// and merely unusual ones. Used against the reader alone and against a server over the wire.
// Every stream is followed by the end of the client's side.
#pragma once

#include <string>
#include <vector>

namespace gatehouse::net {

struct Torture {
  std::string name;
  std::string bytes;
  std::vector<int> answers;  // 200: a request was complete and handled
};

// The limits the table assumes.
inline constexpr std::size_t kTortureMaxBody = 1000;

// Behind a body that a lenient parser would misjudge; it must never be handled.
inline const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }
inline std::string post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
inline std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

inline std::string many_fields(int count) {  // Host included
  std::string fields;
  for (int i = 1; i < count; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  return get(fields);
}

inline const std::vector<Torture>& fine_streams() {
  using std::string;
  static const std::vector<Torture> table{
      {"Get", get(""), {200}},
      {"PostWithLength", post("Content-Length: 5\r\n", "hello"), {200}},
      {"EmptyBody", post("Content-Length: 0\r\n", ""), {200}},
      {"BlanksAroundLength", post("Content-Length: \t 5 \r\n", "hello"), {200}},
      {"LargestBody", post("Content-Length: 1000\r\n", string(1000, 'x')), {200}},
      {"Pipelined", get("") + post("Content-Length: 5\r\n", "hello") + get(""), {200, 200, 200}},
      {"PipelinedBehindChunks", chunked("5\r\nhello\r\n0\r\n\r\n") + get(""), {200, 200}},
      {"OneEmptyLineBefore", "\r\n" + get(""), {200}},
      {"EmptyLineBetween", post("Content-Length: 5\r\n", "hello") + "\r\n" + get(""), {200, 200}},
      {"Chunks", chunked("5\r\nhello\r\nA;ext=1\r\n0123456789\r\n0\r\n\r\n"), {200}},
      {"NoChunkButTheLast", chunked("0\r\n\r\n"), {200}},
      {"ChunkedInCapitals", post("Transfer-Encoding: CHUNKED\r\n", "1\r\nx\r\n0\r\n\r\n"), {200}},
      {"TrailersAreConsumed", chunked("1\r\nx\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n") + get(""), {200, 200}},
      {"TrailerHostIsNoField", chunked("0\r\nHost: b\r\n\r\n") + get(""), {200, 200}},
      {"Http12IsReadAsHttp11", "GET / HTTP/1.2\r\nHost: a\r\n\r\n" + get(""), {200, 200}},
      {"PercentEncodedTarget", "GET /%C3%A9?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n", {200}},
      {"Http10", "GET / HTTP/1.0\r\n\r\n", {200}},
      {"Http10KeepAlive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get(""), {200, 200}},
      {"CloseIsObeyed", get("Connection: close\r\n") + kSmuggled, {200}},
      {"AbsoluteTarget", "GET http://a:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n", {200}},
      {"OptionsForTheServer", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {200}},
      {"HostWithPort", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", {200}},
      {"HostIpv6", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", {200}},
      {"EncodedWordStaysOpaque", get("X-A: =?utf-8?Q?v=0D=0AX-Evil:_1?=\r\n"), {200}},
      {"Utf32EncodedWord", get("X-A: =?utf-32?B?" + string(400, 'A') + "?=\r\n"), {200}},
      {"BytesAbove127InValue", get("X-A: caf\xc3\xa9\r\n"), {200}},
      {"TabInValue", get("X-A: a\tb\r\n"), {200}},
      {"EmptyValue", get("X-A:\r\n"), {200}},
      {"HundredFields", many_fields(100), {200}},
      {"LongestLine", "GET /" + string((8u << 10) - 14, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", {200}},
  };
  return table;
}

inline const std::vector<Torture>& framing_attacks() {
  using std::string;
  static const std::vector<Torture> table{
      {"LengthAndChunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kSmuggled), {400}},
      {"ChunkedAndLength", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + kSmuggled), {400}},
      {"GzipThenChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n" + kSmuggled), {400}},
      {"GzipChunkedAndLength",
       post("Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n", "abc" + kSmuggled),
       {400}},
      {"ChunkedThenIdentity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), {400}},
      {"ChunkedTwice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), {400}},
      {"TwoEncodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), {400}},
      {"IdentityAndLength", post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc"), {400}},
      {"UnknownEncoding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), {400}},
      {"EmptyEncoding", post("Transfer-Encoding:\r\nContent-Length: 3\r\n", "abc"), {400}},
      {"EncodingWithVerticalTab",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n"),
       {400}},
      {"EncodingInQuotes", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), {400}},
      {"BlankBeforeColon", post("Transfer-Encoding : chunked\r\nContent-Length: 3\r\n", "abc" + kSmuggled), {400}},
      {"TabBeforeColon", post("Content-Length\t: 3\r\n", "abc"), {400}},
      {"ChunkedInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}},
      {"TwoLengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), {400}},
      {"TheSameLengthTwice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), {400}},
      {"LengthList", post("Content-Length: 5, 5\r\n", "hello"), {400}},
      {"ThousandSeparator", post("Content-Length: 1,0\r\n", "helloworld"), {400}},
      {"PlusLength", post("Content-Length: +5\r\n", "hello"), {400}},
      {"NegativeLength", post("Content-Length: -5\r\n", kSmuggled), {400}},
      {"WordLength", post("Content-Length: abc\r\n", ""), {400}},
      {"HexLength", post("Content-Length: 0x5\r\n", "hello"), {400}},
      {"FractionLength", post("Content-Length: 5.0\r\n", "hello"), {400}},
      {"LengthWithLeadingZero", post("Content-Length: 005\r\n", "hello"), {400}},
      {"EmptyLength", post("Content-Length:\r\n", "hello"), {400}},
      {"BlankInLength", post("Content-Length: 5 5\r\n", "hello"), {400}},
      {"OverflowingLength", post("Content-Length: 18446744073709551621\r\n", "hello"), {400}},
      {"LengthOverLimit", post("Content-Length: 1001\r\n", string(1001, 'x') + kSmuggled), {413}},
      {"NoLength", post("", ""), {411}},
      {"NoLengthButBody", post("", kSmuggled), {411}},
      {"PutWithoutLength", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", {411}},
      {"BodyCutShort", post("Content-Length: 10\r\n", "hello"), {400}},
      {"ChunksCutShort", chunked("5\r\nhel"), {400}},
      {"ChunksWithoutTheLast", chunked("5\r\nhello\r\n"), {400}},
      {"LastChunkCutShort", chunked("5\r\nhello\r\n0\r\n"), {400}},
      {"ChunkSizeNoHex", chunked("ZZ\r\nhello\r\n0\r\n\r\n" + kSmuggled), {400}},
      {"ChunkSizeEmpty", chunked("\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkSizeNegative", chunked("-5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkSizePlus", chunked("+5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkSizePrefixed", chunked("0x5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkSizeNineDigits", chunked("100000005\r\nhello\r\n0\r\n\r\n" + kSmuggled), {400}},
      {"ChunkSizeOverflows", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n" + kSmuggled), {400}},
      {"ChunkSizeByte255", chunked("\xff\r\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkLineBareLf", chunked("5\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkLineBareCr", chunked("5\rXhello\r\n0\r\n\r\n"), {400}},
      {"ChunkDataTooLong", chunked("5\r\nhelloX\r\n0\r\n\r\n" + kSmuggled), {400}},
      {"ChunkDataBareLf", chunked("5\r\nhello\n0\r\n\r\n" + kSmuggled), {400}},
      {"ChunkDataEndsInLfLf", chunked("5\r\nhello\n\n0\r\n\r\n" + kSmuggled), {400}},
      {"LastChunkEndsInLf", chunked("5\r\nhello\r\n0\r\n\n" + kSmuggled), {400}},
      {"LastChunkLineBareLf", chunked("5\r\nhello\r\n0\n\r\n" + kSmuggled), {400}},
      {"TrailerEndsInLf", chunked("0\r\nX-A: b\n\r\n" + kSmuggled), {400}},
      {"TrailerWithBareCr", chunked("0\r\nX-A: b\rX-C: d\r\n\r\n"), {400}},
      {"ExtensionEndsInLf", chunked("5;a=b\nhello\r\n0\r\n\r\n"), {400}},
      {"ChunkOverLimit", chunked("3e9\r\n" + string(1001, 'x') + "\r\n0\r\n\r\n"), {413}},
      {"ChunksOverLimit", chunked("3e8\r\n" + string(1000, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"), {413}},
      {"TrailerSaysLength", chunked("0\r\nContent-Length: 5\r\n\r\nhello"), {400}},
      {"TrailerSaysEncoding", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), {400}},
      {"TrailerWithoutColon", chunked("0\r\nnonsense\r\n\r\n"), {400}},
      {"TrailerWithNul", chunked("0\r\nX-A: a" + string(1, '\0') + "b\r\n\r\n"), {400}},
      {"EndlessChunkExtension", chunked("5;" + string(40'000, 'x')), {431}},
      {"EndlessTrailer", chunked("0\r\nX-A: " + string(40'000, 'x')), {431}},
      // Malformed and too long: what comes first in the bytes decides.
      {"LongChunkLineMalformedEarly", chunked("5;=" + string(40, 'x') + "\r\n" + string(40'000, 'x')), {400}},
      {"LongChunkLineMalformedLate", chunked("5;a=\"" + string(40'000, 'x') + "\r\n\";b\r\nhello\r\n"), {431}},
      {"QuoteAcrossLines", chunked("5;a=\"b\r\n" + string(100, 'x') + "\";b\r\nhello\r\n0\r\n\r\n"), {400}},
      {"QuoteAcrossLinesEndsLate", chunked("5;a=\"b\r\n" + string(40'000, 'x') + "\";b\r\nhello\r\n"), {431}},
      {"LateChunkOfALongBody", chunked("3e8\r\n" + string(1000, 'x') + "\r\n0;" + string(40'000, 'x')), {431}},
  };
  return table;
}

inline const std::vector<Torture>& head_attacks() {
  using std::string;
  static const std::vector<Torture> table{
      {"NoHost", "GET / HTTP/1.1\r\n\r\n", {400}},
      {"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {400}},
      {"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", {400}},
      {"HostWithBlank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", {400}},
      {"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", {400}},
      {"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}},
      {"HostWithBadPort", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", {400}},
      {"TwoHostsInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", {400}},
      {"BareLf", "GET / HTTP/1.1\nHost: a\n\n", {400}},
      {"BareLfInField", get("X-A: b\nX-C: d\r\n"), {400}},
      {"BareCrInField", get("X-A: b\rX-C: d\r\n"), {400}},
      {"FoldedLine", get("X-A: b\r\n c\r\n"), {400}},
      {"FoldedLineWithTab", get("X-A: b\r\n\tc\r\n"), {400}},
      {"FoldedEncoding", post("Transfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n", "abc"), {400}},
      {"BlankBeforeFirstField", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", {400}},
      {"LineWithoutColon", get("nonsense\r\n"), {400}},
      {"EmptyName", get(": x\r\n"), {400}},
      {"BlankInName", get("X A: b\r\n"), {400}},
      {"NameWithByte128", get("X\x80: b\r\n"), {400}},
      {"NulInValue", get("X-A: a" + string(1, '\0') + "b\r\n"), {400}},
      {"NulInName", get("X" + string(1, '\0') + "A: b\r\n"), {400}},
      {"ControlInValue",
       get("X-A: a\x01"
           "b\r\n"),
       {400}},
      {"EscapeInValue", get("X-A: \x1b[31m\r\n"), {400}},
      {"DelInValue",
       get("X-A: a\x7f"
           "b\r\n"),
       {400}},
      {"ControlInTarget", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"Utf8InTarget", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"OverlongSlashInTarget", "GET /\xc0\xaf HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"Utf8InQuery", "GET /?a=\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"ByteAbove127InAbsoluteTarget", "GET http://a/\xff HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"TabInTarget", "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"FragmentInTarget", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"BlankInTarget", "GET /pa th HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"BlankInTargetOfHttp2", "GET /pa th HTTP/2.0\r\nHost: a\r\n\r\n", {400}},
      {"TwoAuthorizations", get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), {400}},
      {"TheSameAuthorizationTwice", get("Authorization: Bearer a\r\nauthorization: Bearer a\r\n"), {400}},
      {"TwoApiKeys", get("X-Api-Key: a\r\nx-api-key: b\r\n"), {400}},
      {"TwoAzureKeys", get("api-key: a\r\nApi-Key: b\r\n"), {400}},
      {"TwoGoogleKeys", get("x-goog-api-key: a\r\nX-Goog-Api-Key: b\r\n"), {400}},
      {"TwoClientIds", get("X-Client-Id: a\r\nx-client-id: b\r\n"), {400}},
      {"TwoContentTypes",
       post("Content-Type: text/plain\r\nContent-Type: application/json\r\nContent-Length: 0\r\n", ""),
       {400}},
      {"UnknownVersion", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", {505}},
      {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
      {"VersionOfTwoDigits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", {400}},
      {"VersionInSmallLetters", "GET / http/1.1\r\nHost: a\r\n\r\n", {400}},
      {"OtherProtocol", "GET / HTCPCP/1.0\r\nHost: a\r\n\r\n", {400}},
      {"NoVersion", "GET /\r\n\r\n", {400}},
      {"NoTarget", "GET HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"TwoBlanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"BlankAfterVersion", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", {400}},
      {"TargetWithoutSlash", "GET smuggled HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"StarForGet", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"Connect", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", {400}},
      {"OtherScheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"BadMethod", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
      {"TwoEmptyLinesBefore", "\r\n\r\n" + get(""), {400}},
      {"TlsHello", string("\x16\x03\x01\x02\x00\x01\x00", 7), {400}},
      {"HeadCutShort", "GET / HTTP/1.1\r\nHo", {400}},
      {"OtherExpectation", post("Expect: the unexpected\r\nContent-Length: 3\r\n", "abc"), {417}},
      {"RequestLineTooLong", "GET /" + string(8u << 10, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", {414}},
      {"EndlessRequestLine", string(9u << 10, 'G'), {414}},
      {"ValueTooLong", get("X-A: " + string(33u << 10, 'x') + "\r\n"), {431}},
      {"HundredAndOneFields", many_fields(101), {431}},
      {"HeadTooLarge", get("X-A: " + string(30u << 10, 'x') + "\r\nX-B: " + string(3u << 10, 'x') + "\r\n"), {431}},
      {"RefusalAfterFine", get("") + "GET / HTTP/1.1\r\n\r\n" + kSmuggled, {200, 400}},
  };
  return table;
}

inline std::vector<Torture> torture_table() {
  std::vector<Torture> all = fine_streams();
  all.insert(all.end(), framing_attacks().begin(), framing_attacks().end());
  all.insert(all.end(), head_attacks().begin(), head_attacks().end());
  return all;
}

}  // namespace gatehouse::net
