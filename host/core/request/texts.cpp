#include "core/request/texts.h"

#include <algorithm>
#include <new>

#include "core/request/json_reader.h"
#include "core/request/prompt_members.h"
#include "core/short_of_memory.h"
#include "core/text/json_writer.h"

namespace gatehouse::core {
namespace {

using Type = JsonReader::Type;
using Value = JsonReader::Value;

// What tells parts apart, and what is counted and shown as pictures are.
bool is_silent(std::string_view name) {
  return name == "type" || name == "role" || name == "image_url" || name == "cache_control";
}

TextKind kind_in_message(std::string_view member) {
  if (member == "tool_calls" || member == "function_call") return TextKind::tool_call;
  if (member.starts_with("reasoning")) return TextKind::reasoning;
  return TextKind::other;
}

// A name as it stands in the document, quotes included.
std::string_view raw_name(const char* begin) {
  const char* end = begin + 1;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {begin, static_cast<std::size_t>(end + 1 - begin)};
}

}  // namespace

// Fills the texts of one request from its bytes, which have been checked.
class TextsReader {
 public:
  TextsReader(simdjson::ondemand::parser& parser, const ChatRequest& request, Texts& out)
      : request_(request), json_(parser, request.body(), ChatRequest::kMaxDepth), out_(out) {}

  void read() {
    json_.root([this](std::string_view name, const char*, Value value) {
      const Place place(*this, name);
      if (name == "messages")
        json_.array(value, [this](Value element) { message(element); });
      else if (is_definition(name))
        strings(value, TextKind::definition, Names::told);
      else if (may_be_prompt(name))
        strings(value, TextKind::other, Names::told);
      else
        json_.skip(value);
    });
    const char* at = out_.places_.data();
    for (std::size_t i = 0; i < out_.texts_.size(); at += place_sizes_[i++])
      out_.texts_[i].place = {at, place_sizes_[i]};
  }

 private:
  enum class Names : bool { passed_over, told };

  // A step down to a member or an element, until it ends.
  class Place {
   public:
    Place(TextsReader& reader, std::string_view name) : reader_(reader), before_(reader.place_.size()) {
      if (before_ != 0) reader.place_ += '.';
      reader.place_.append(name);
    }
    Place(TextsReader& reader, std::size_t index) : reader_(reader), before_(reader.place_.size()) {
      reader.place_.append("[").append(std::to_string(index)).append("]");
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { reader_.place_.resize(before_); }

   private:
    TextsReader& reader_;
    const std::size_t before_;
  };

  void message(Value value) {
    const Place place(*this, messages_);
    const auto messages = request_.messages();
    role_ = messages_ < messages.size() ? messages[messages_].role : std::string_view();
    ++messages_;
    json_.object(value, [this](std::string_view name, const char*, Value member) {
      const Place inner(*this, name);
      if (is_silent(name))
        json_.skip(member);
      else if (name == "content" && member.type() == Type::array)
        each(member, [this](Value part) { content_part(part); });
      else
        strings(member, name == "content" ? TextKind::content : kind_in_message(name), Names::passed_over);
    });
    role_ = {};
  }

  void content_part(Value value) {
    json_.object(value, [this](std::string_view name, const char*, Value member) {
      const Place place(*this, name);
      if (is_silent(name))
        json_.skip(member);
      else
        strings(member, name == "text" ? TextKind::content : TextKind::other, Names::passed_over);
    });
  }

  // All strings in the value, at any depth; and lists of numbers, which may stand for text.
  void strings(Value value, TextKind kind, Names names) {
    switch (value.type()) {
      case Type::string: {
        const JsonReader::Text text = json_.text(value);
        return add(kind, keep(text.value), text.raw);
      }
      case Type::array: {
        bool numbers = false;
        const std::string_view raw = each(value, [&](Value element) {
          numbers |= element.type() == Type::number;
          strings(element, kind, names);
        });
        if (numbers && kind == TextKind::other) add(TextKind::tokens, raw, raw);
        return;
      }
      case Type::object:
        json_.object(value, [&](std::string_view name, const char* begin, Value member) {
          const Place place(*this, name);
          if (names == Names::told) add(kind, keep(name), raw_name(begin));
          if (names == Names::passed_over && is_silent(name))
            json_.skip(member);
          else
            strings(member, kind, names);
        });
        return;
      default: json_.skip(value);
    }
  }

  template <class OnElement>
  std::string_view each(Value value, OnElement on) {
    std::size_t index = 0;
    return json_.array(value, [&](Value element) {
      const Place place(*this, index++);
      on(element);
    });
  }

  // Texts with escapes live in the parser until its next document; these live longer.
  std::string_view keep(std::string_view text) {
    const std::string_view json = request_.json();
    const bool lies_in = text.data() >= json.data() && text.data() < json.data() + json.size();
    return lies_in ? text : std::string_view(out_.unescaped_.emplace_front(text));
  }

  void add(TextKind kind, std::string_view text, std::string_view raw) {
    out_.texts_.push_back({kind, role_, {}, text, raw});
    out_.places_.insert(out_.places_.end(), place_.begin(), place_.end());
    place_sizes_.push_back(place_.size());
  }

  const ChatRequest& request_;
  JsonReader json_;
  Texts& out_;
  std::string place_;
  std::string_view role_;
  std::size_t messages_ = 0;
  std::vector<std::size_t> place_sizes_;
};

Result<Texts> Texts::of(const ChatRequest& request) {
  Texts texts;
  texts.json_ = request.json();
  try {
    simdjson::ondemand::parser parser;
    TextsReader(parser, request, texts).read();
    return texts;
  } catch (const BadJson& bad) {
    return Status(Code::internal, bad.message);
  } catch (const simdjson::simdjson_error& error) {
    if (error.error() == simdjson::MEMALLOC) return short_of_memory();
    return Status(Code::internal, error.what());
  } catch (const std::bad_alloc&) {
    return short_of_memory();
  }
}

Result<std::string> Texts::edited(std::span<const TextEdit> edits) const {
  std::vector<const TextEdit*> by_place;
  for (const TextEdit& edit : edits) {
    if (edit.index >= texts_.size() || texts_[edit.index].kind == TextKind::tokens)
      return Status(Code::internal, "there is no text " + std::to_string(edit.index) + " that can be edited");
    by_place.push_back(&edit);
  }
  const auto raw = [&](const TextEdit* edit) { return texts_[edit->index].raw; };
  std::stable_sort(by_place.begin(), by_place.end(),
                   [&](const TextEdit* a, const TextEdit* b) { return raw(a).data() < raw(b).data(); });
  std::string json;
  json.reserve(json_.size());
  const char* from = json_.data();
  for (std::size_t i = 0; i < by_place.size(); ++i) {
    if (i + 1 < by_place.size() && by_place[i + 1]->index == by_place[i]->index) continue;
    json.append(from, raw(by_place[i]).data());
    append_quoted(json, by_place[i]->text);
    from = raw(by_place[i]).data() + raw(by_place[i]).size();
  }
  json.append(from, json_.data() + json_.size());
  return json;
}

}  // namespace gatehouse::core
