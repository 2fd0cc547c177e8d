// Lines of OCDS made into columns at once: the fast way of reading, where it is installed.
//
// A line is taken only when everything in it that is asked for is exactly what it should be. Any
// doubt (a date that is none, an amount without a currency, an identifier that may be a placeholder,
// a supplier without one) leaves the line to `piece.py`, which reads it carefully; nothing is
// reported, repaired or guessed here. What a column means stands in `troth/tables/procurement.py`,
// and both ways must give the same rows: tests/sources/ocds/test_native.py.
//
// simdjson's DOM reads every byte of a line, so that what nobody asks for is checked as well.

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <exception>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <simdjson.h>

namespace {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;
using List = simdjson::dom::array;
using Kind = simdjson::dom::element_type;
using Text = std::string_view;

// A line this way cannot be sure of: it is read carefully instead.
struct Doubt {};
// A Python error is set and must reach the caller.
struct Raised {};

constexpr double largest_amount = 1e15;
constexpr int64_t most_tenderers = 1'000'000;
// A longer line is left alone, so that the parser's memory stays small.
constexpr size_t longest_line = 4 * 1024 * 1024;
// What is nested deeper than this may be too deep for Python, which then has to say so.
constexpr size_t deepest = 100;
// Of texts that are repeated (a tender's class for each of its awards) a line can make more than
// Arrow's offsets of 32 bits can hold.
constexpr size_t most_text = 256 * 1024 * 1024;

// -- columns ----------------------------------------------------------------------------------------

class Column {
 public:
  virtual ~Column() = default;
  virtual void cut(size_t rows) = 0;
  virtual PyObject* taken() = 0;  // (rows, validity or None, buffer ...), and empty again

 protected:
  std::vector<uint8_t> valid_;
  size_t missing_ = 0;

  void mark(bool valid) {
    valid_.push_back(valid);
    missing_ += !valid;
  }
  void cut_marks(size_t rows) {
    for (size_t row = rows; row < valid_.size(); ++row) missing_ -= !valid_[row];
    valid_.resize(rows);
  }
  PyObject* taken_marks() {
    PyObject* found = Py_None;
    if (missing_) {
      std::vector<uint8_t> bits((valid_.size() + 7) / 8);
      for (size_t row = 0; row < valid_.size(); ++row) bits[row / 8] |= valid_[row] << (row % 8);
      found = PyBytes_FromStringAndSize(reinterpret_cast<char*>(bits.data()), bits.size());
    } else {
      Py_INCREF(found);
    }
    valid_.clear();
    missing_ = 0;
    return found;
  }
};

template <typename Value>
class Numbers final : public Column {
 public:
  void add(Value value) {
    values_.push_back(value);
    mark(true);
  }
  void add_if(bool there, Value value) {
    values_.push_back(there ? value : Value{});
    mark(there);
  }
  void none() { add_if(false, Value{}); }
  void put(size_t row, Value value) { values_[row] = value; }
  void cut(size_t rows) override {
    values_.resize(rows);
    cut_marks(rows);
  }
  PyObject* taken() override {
    const Py_ssize_t rows = values_.size();
    PyObject* values =
        PyBytes_FromStringAndSize(reinterpret_cast<char*>(values_.data()), rows * sizeof(Value));
    values_.clear();
    return Py_BuildValue("(nNN)", rows, taken_marks(), values);
  }

 private:
  std::vector<Value> values_;
};

class Texts final : public Column {
 public:
  void add(Text text) {
    if (data_.size() + text.size() > most_text) throw Doubt{};
    data_.append(text);
    ends_.push_back(static_cast<int32_t>(data_.size()));
    mark(true);
  }
  void add_if(bool there, Text text) { there ? add(text) : none(); }
  void none() {
    ends_.push_back(static_cast<int32_t>(data_.size()));
    mark(false);
  }
  void cut(size_t rows) override {
    ends_.resize(rows + 1);
    data_.resize(ends_.back());
    cut_marks(rows);
  }
  PyObject* taken() override {
    const Py_ssize_t rows = ends_.size() - 1;
    PyObject* ends = PyBytes_FromStringAndSize(reinterpret_cast<char*>(ends_.data()),
                                               ends_.size() * sizeof(int32_t));
    PyObject* data = PyBytes_FromStringAndSize(data_.data(), data_.size());
    ends_.resize(1);
    data_.clear();
    return Py_BuildValue("(nNNN)", rows, taken_marks(), ends, data);
  }

 private:
  std::vector<int32_t> ends_{0};
  std::string data_;
};

using Integers = Numbers<int64_t>;
using Floats = Numbers<double>;

class Table {
 public:
  size_t rows = 0;

  // A row that was begun goes as well.
  void cut(size_t to) {
    for (auto& [_, column] : columns_) column->cut(to);
    rows = to;
  }
  PyObject* taken() {
    PyObject* found = PyDict_New();
    rows = 0;
    for (auto& [name, column] : columns_) {
      PyObject* one = found ? column->taken() : nullptr;
      if (!one || PyDict_SetItemString(found, name, one) < 0) Py_CLEAR(found);
      Py_XDECREF(one);
    }
    return found;
  }

 protected:
  template <typename Kind_>
  Kind_* column(const char* name) {
    auto made = std::make_unique<Kind_>();
    Kind_* kept = made.get();
    columns_.emplace_back(name, std::move(made));
    return kept;
  }

 private:
  std::vector<std::pair<const char*, std::unique_ptr<Column>>> columns_;
};

struct Process : Table {
  Integers* pid = column<Integers>("pid");
  Texts* ocid = column<Texts>("ocid");
  Integers* body_key = column<Integers>("body_key");
  Texts* body_name = column<Texts>("body_name");
  Texts* country = column<Texts>("country");
  Integers* compiled = column<Integers>("compiled");
  Integers* released_at = column<Integers>("released_at");
  Integers* year = column<Integers>("year");
  Integers* chunk = column<Integers>("chunk");
  Integers* row = column<Integers>("row");
  Integers* length = column<Integers>("length");
};

struct Tender : Table {
  Integers* pid = column<Integers>("pid");
  Texts* status = column<Texts>("status");
  Texts* method = column<Texts>("method");
  Texts* method_details = column<Texts>("method_details");
  Texts* rationale = column<Texts>("rationale");
  Texts* award_criteria = column<Texts>("award_criteria");
  Texts* category = column<Texts>("category");
  Texts* item_scheme = column<Texts>("item_scheme");
  Texts* item_code = column<Texts>("item_code");
  Floats* amount = column<Floats>("amount");
  Texts* currency = column<Texts>("currency");
  Integers* period_start = column<Integers>("period_start");
  Integers* period_end = column<Integers>("period_end");
  Texts* period_start_form = column<Texts>("period_start_form");
  Texts* period_end_form = column<Texts>("period_end_form");
  Integers* opened_at = column<Integers>("opened_at");
  Texts* opened_at_form = column<Texts>("opened_at_form");
  Integers* evaluation_start = column<Integers>("evaluation_start");
  Texts* evaluation_start_form = column<Texts>("evaluation_start_form");
  Integers* plans = column<Integers>("plans");
  Integers* plans_untold = column<Integers>("plans_untold");
  Integers* documents = column<Integers>("documents");
  Integers* documents_untold = column<Integers>("documents_untold");
  Integers* notices = column<Integers>("notices");
  Integers* notice_at = column<Integers>("notice_at");
  Texts* notice_at_form = column<Texts>("notice_at_form");
  Integers* key_kinds = column<Integers>("key_kinds");
  Integers* key_kinds_at = column<Integers>("key_kinds_at");
  Texts* key_kinds_at_form = column<Texts>("key_kinds_at_form");
  Integers* enquiries = column<Integers>("enquiries");
  Integers* enquiries_unanswered = column<Integers>("enquiries_unanswered");
  Integers* answered_at = column<Integers>("answered_at");
  Texts* answered_at_form = column<Texts>("answered_at_form");
  Integers* complaints = column<Integers>("complaints");
  Floats* fee_amount = column<Floats>("fee_amount");
  Texts* fee_currency = column<Texts>("fee_currency");
  Integers* tenderers_stated = column<Integers>("tenderers_stated");
  Integers* tenderers_listed = column<Integers>("tenderers_listed");
  Integers* tenderers_bidding = column<Integers>("tenderers_bidding");
  Integers* bids_stated = column<Integers>("bids_stated");
  Integers* bids_listed = column<Integers>("bids_listed");
};

struct Bid : Table {
  Integers* pid = column<Integers>("pid");
  Integers* bid_no = column<Integers>("bid_no");
  Texts* status = column<Texts>("status");
  Integers* date = column<Integers>("date");
  Texts* date_form = column<Texts>("date_form");
  Integers* lot = column<Integers>("lot");
  Floats* amount = column<Floats>("amount");
  Texts* currency = column<Texts>("currency");
  Integers* tenderers = column<Integers>("tenderers");
};

struct Award : Table {
  Integers* pid = column<Integers>("pid");
  Integers* award_no = column<Integers>("award_no");
  Texts* award_id = column<Texts>("award_id");
  Texts* status = column<Texts>("status");
  Integers* date = column<Integers>("date");
  Texts* date_form = column<Texts>("date_form");
  Integers* lot = column<Integers>("lot");
  Floats* amount = column<Floats>("amount");
  Texts* currency = column<Texts>("currency");
  Texts* item_scheme = column<Texts>("item_scheme");
  Texts* item_code = column<Texts>("item_code");
  Integers* suppliers = column<Integers>("suppliers");
  Integers* supplier_key = column<Integers>("supplier_key");
  Integers* subcontracted = column<Integers>("subcontracted");
  Floats* subcontracted_share = column<Floats>("subcontracted_share");
};

struct Contract : Table {
  Integers* pid = column<Integers>("pid");
  Integers* contract_no = column<Integers>("contract_no");
  Texts* contract_id = column<Texts>("contract_id");
  Texts* award_id = column<Texts>("award_id");
  Texts* status = column<Texts>("status");
  Integers* date_signed = column<Integers>("date_signed");
  Texts* date_signed_form = column<Texts>("date_signed_form");
  Floats* amount = column<Floats>("amount");
  Texts* currency = column<Texts>("currency");
  Integers* changes = column<Integers>("changes");
  Integers* documents = column<Integers>("documents");
  Integers* signed_documents = column<Integers>("signed_documents");
  Integers* published_at = column<Integers>("published_at");
  Integers* milestones = column<Integers>("milestones");
  Integers* milestones_late = column<Integers>("milestones_late");
  Integers* milestone_due = column<Integers>("milestone_due");
  Integers* payments = column<Integers>("payments");
  Floats* paid_amount = column<Floats>("paid_amount");
  Texts* paid_currency = column<Texts>("paid_currency");
};

struct Party : Table {
  Integers* pid = column<Integers>("pid");
  Integers* role = column<Integers>("role");  // 0 tenderer, 1 supplier
  Integers* part_no = column<Integers>("part_no");
  Integers* firm_key = column<Integers>("firm_key");
};

// -- single values ----------------------------------------------------------------------------------

// A value of JSON that may not be there; null and absent are the same.
struct Maybe {
  Element element;
  bool there = false;

  void set(Element found) {
    element = found;
    there = !found.is_null();
  }
  explicit operator bool() const { return there; }
};

// Whether a text is this one. Its length is known to the compiler, so that no function is called.
template <size_t Length>
bool is(Text text, const char (&literal)[Length]) {
  return text.size() == Length - 1 && std::memcmp(text.data(), literal, Length - 1) == 0;
}

template <typename Value>
Value as(Element element) {
  Value value;
  if (element.get(value)) throw Doubt{};
  return value;
}

// A text that may not be there.
struct MaybeText {
  Text text;
  bool there = false;

  MaybeText() = default;
  explicit MaybeText(const Maybe& found) : there(found.there) {
    if (there) text = as<Text>(found.element);
  }
  void put(Texts* column) const {
    column->add_if(there, text);
  }
};

struct MaybeCount {
  int64_t count = 0;
  bool there = false;

  MaybeCount() = default;
  explicit MaybeCount(const Maybe& found) : there(found.there) {
    if (!there) return;
    if (found.element.type() != Kind::INT64) throw Doubt{};
    count = as<int64_t>(found.element);
    if (count < 0 || count > most_tenderers) throw Doubt{};
  }
  void put(Integers* column) const {
    column->add_if(there, count);
  }
};

bool digits(const char* at, int count, int& value) {
  value = 0;
  for (int n = 0; n < count; ++n) {
    const unsigned digit = static_cast<unsigned char>(at[n]) - '0';
    if (digit > 9) return false;
    value = value * 10 + static_cast<int>(digit);
  }
  return true;
}

// Days from 1970-01-01 of a day of the proleptic Gregorian calendar.
int64_t days_since_epoch(int year, int month, int day) {
  year -= month <= 2;
  const int era = year / 400;
  const int of_era = year - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return int64_t{era} * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int days_in(int year, int month) {
  static const int usual[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return usual[month - 1] + (month == 2 && leap);
}

struct Moment {
  int64_t micros = 0;
  int year = 0;  // in UTC
  Text form;
  bool there = false;

  Moment() = default;
  explicit Moment(const Maybe& found) {
    if (found) read(as<Text>(found.element));
  }
  void put(Integers* column) const {
    column->add_if(there, micros);
  }
  void put(Integers* column, Texts* forms) const {
    put(column);
    forms->add_if(there, form);
  }
  // Its day in UTC, counted from 1970-01-01.
  int64_t day() const {
    constexpr int64_t a_day = 86'400'000'000;
    return (micros >= 0 ? micros : micros - a_day + 1) / a_day;
  }

 private:
  // YYYY-MM-DD, with Thh:mm:ss and a fraction of up to six digits, with Z or +hh:mm. Years at the
  // edge of what is taken are left to the careful way.
  void read(Text text) {
    int month, day, hour = 0, minute = 0, second = 0, fraction = 0, zone = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    if (text.size() < 10 || !digits(at, 4, year) || at[4] != '-' || !digits(at + 5, 2, month) ||
        at[7] != '-' || !digits(at + 8, 2, day))
      throw Doubt{};
    if (year <= 1900 || year >= 2199 || month < 1 || month > 12 || day < 1 ||
        day > days_in(year, month))
      throw Doubt{};
    at += 10;
    form = "day";
    if (at != end) {
      if (end - at < 9 || at[0] != 'T' || !digits(at + 1, 2, hour) || at[3] != ':' ||
          !digits(at + 4, 2, minute) || at[6] != ':' || !digits(at + 7, 2, second) || hour > 23 ||
          minute > 59 || second > 59)
        throw Doubt{};
      at += 9;
      form = "local";
      if (at != end && *at == '.') {
        int length = 0;
        for (++at; at != end && length < 6 && *at >= '0' && *at <= '9'; ++at, ++length)
          fraction = fraction * 10 + (*at - '0');
        if (length < 1) throw Doubt{};
        for (; length < 6; ++length) fraction *= 10;
      }
      if (at != end) {
        form = "zoned";
        if (!(end - at == 1 && *at == 'Z')) {
          int hours, minutes;
          if (end - at != 6 || (at[0] != '+' && at[0] != '-') || !digits(at + 1, 2, hours) ||
              at[3] != ':' || !digits(at + 4, 2, minutes) || hours > 14 || minutes > 59)
            throw Doubt{};
          zone = (at[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
        }
      }
    }
    const int64_t seconds =
        days_since_epoch(year, month, day) * 86400 + hour * 3600 + (minute - zone) * 60 + second;
    micros = seconds * 1'000'000 + fraction;
    if (zone != 0) {
      // The year in UTC can only be another one around New Year.
      if (seconds < days_since_epoch(year, 1, 1) * 86400) --year;
      else if (seconds >= days_since_epoch(year + 1, 1, 1) * 86400) ++year;
    }
    there = true;
  }
};

// An identifier that is surely one: printable ASCII without spaces around it, and with a digit that
// is not zero, which nothing that stands for "none" has (NAN, n/a, 000, IT-CF-).
Text sure_identifier(const Maybe& found) {
  if (!found) throw Doubt{};
  const Text text = as<Text>(found.element);
  bool number = false;
  for (const unsigned char letter : text) {
    if (letter < ' ' || letter > '~') throw Doubt{};
    number = number || (letter >= '1' && letter <= '9');
  }
  if (!number || text.front() == ' ' || text.back() == ' ') throw Doubt{};
  return text;
}

struct Money {
  double amount = 0;
  bool there = false;
  MaybeText currency;

  explicit Money(const Maybe& value);
  void put(Floats* amounts, Texts* currencies) const {
    amounts->add_if(there, amount);
    currency.put(currencies);
  }
};

Money::Money(const Maybe& value) {
  if (!value) return;
  Maybe number, unit;
  for (const auto [name, element] : as<Object>(value.element)) {
    if (is(name, "amount")) number.set(element);
    else if (is(name, "currency")) unit.set(element);
  }
  currency = MaybeText(unit);
  if (currency.there) {
    const Text code = currency.text;
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(),
                                         [](char c) { return c >= 'A' && c <= 'Z'; }))
      throw Doubt{};
  }
  if (number) {
    const Kind kind = number.element.type();
    if (kind != Kind::DOUBLE && kind != Kind::INT64) throw Doubt{};
    amount = as<double>(number.element);
    if (!(amount >= -largest_amount && amount <= largest_amount) || !currency.there) throw Doubt{};
    there = true;
  }
}

// The sum of several values in one currency; none where one lacks an amount or a currency.
struct Sum {
  double total = 0;
  Text unit;
  int64_t count = 0;
  bool odd = false;

  void add(const Money& value) {
    if (!value.there || !value.currency.there || (count && value.currency.text != unit)) odd = true;
    unit = value.currency.text;
    total = value.amount + total;  // in the order of the record, as everywhere
    ++count;
  }
  void put(Floats* amounts, Texts* currencies) const {
    const bool known = count && !odd;
    amounts->add_if(known, total);
    currencies->add_if(known, unit);
  }
};

// Documents of a kind that is asked for; as in `troth/tables/procurement.py`.
constexpr Text plan_kinds[] = {"procurementPlan", "needsAssessment", "feasibilityStudy",
                               "marketStudies"};
constexpr Text key_kinds[] = {"tenderNotice", "biddingDocuments", "technicalSpecifications",
                              "evaluationCriteria"};
constexpr Text document_types[] = {
    "plannedProcurementNotice", "tenderNotice", "awardNotice", "contractNotice",
    "completionCertificate", "procurementPlan", "biddingDocuments", "technicalSpecifications",
    "evaluationCriteria", "evaluationReports", "contractDraft", "contractSigned",
    "contractArrangements", "contractSchedule", "physicalProgressReport",
    "financialProgressReport", "finalAudit", "hearingNotice", "marketStudies",
    "eligibilityCriteria", "clarifications", "shortlistedFirms", "environmentalImpact",
    "assetAndLiabilityAssessment", "riskProvisions", "winningBid", "complaints",
    "contractAnnexe", "contractGuarantees", "subContract", "needsAssessment",
    "feasibilityStudy", "projectPlan", "billOfQuantity", "bidders", "conflictOfInterest",
    "debarments", "illustration", "submissionDocuments", "contractSummary",
    "cancellationDetails", "unsuccessfulDetails", "economicSelectionCriteria",
    "technicalSelectionCriteria", "tariffs", "tariffMethod", "tariffReview",
    "tariffIllustration"};

// Its place among these words, or -1.
template <size_t Count>
int place(const MaybeText& word, const Text (&words)[Count]) {
  if (!word.there) return -1;
  const Text* found = std::find(words, words + Count, word.text);
  return found == words + Count ? -1 : static_cast<int>(found - words);
}

// Whether a text has more than spaces in it.
bool says_something(Text text) {
  bool odd = false;
  for (const unsigned char letter : text) {
    if (letter > ' ' && letter < 0x7f) return true;
    // A letter whose first byte begins no space of any script.
    if (letter >= 0xc3 && letter != 0xe1 && letter != 0xe2 && letter != 0xe3) return true;
    odd = odd || letter != ' ';
  }
  if (odd) throw Doubt{};
  return false;
}

struct Class {
  MaybeText scheme;
  MaybeText code;
};

// Scheme and code of the first classified item.
Class first_class(const Maybe& items) {
  Class first;
  if (!items) return first;
  for (const Element item : as<List>(items.element)) {
    Maybe classification, scheme, code;
    for (const auto [name, element] : as<Object>(item)) {
      if (is(name, "classification")) classification.set(element);
    }
    if (!classification) continue;
    for (const auto [name, element] : as<Object>(classification.element)) {
      if (is(name, "scheme")) scheme.set(element);
      else if (is(name, "id")) code.set(element);
    }
    const MaybeText its_scheme(scheme), its_code(code);
    if (its_code.there && !first.code.there) {
      first.scheme = its_scheme;
      first.code = its_code;
    }
  }
  return first;
}

// -- the reader -------------------------------------------------------------------------------------

// Of an identifier that nothing may be keyed by here: the careful way says why.
constexpr int64_t refused = -1;

// Keys of identifiers; Python is asked once for each. A table with open addressing: of a hundred
// thousand firms each look-up is a miss of the cache, and this way it is one and not three.
class Keys {
 public:
  int64_t of(Text text, PyObject* asked) {
    const size_t hash = std::hash<Text>{}(text) | 1;  // 0 marks an empty place
    size_t place = hash & mask();
    for (; places_[place].hash; place = (place + 1) & mask()) {
      const Place& one = places_[place];
      if (one.hash == hash && one.text() == text) return sure(one.key);
    }
    const int64_t key = learned(text, asked);
    texts_.emplace_back(text);
    put({hash, texts_.back().data(), texts_.back().size(), key});
    if (2 * texts_.size() > places_.size()) grow();
    return sure(key);
  }

 private:
  struct Place {
    size_t hash = 0;
    const char* data = nullptr;
    size_t size = 0;
    int64_t key = 0;

    Text text() const { return {data, size}; }
  };
  std::vector<Place> places_ = std::vector<Place>(1 << 12);
  std::deque<std::string> texts_;  // what the places point at: it does not move

  size_t mask() const { return places_.size() - 1; }

  void put(const Place& one) {
    size_t place = one.hash & mask();
    while (places_[place].hash) place = (place + 1) & mask();
    places_[place] = one;
  }
  void grow() {
    std::vector<Place> held(2 * places_.size());
    held.swap(places_);
    for (const Place& one : held) {
      if (one.hash) put(one);
    }
  }
  static int64_t sure(int64_t key) {
    if (key == refused) throw Doubt{};
    return key;
  }
  static int64_t learned(Text text, PyObject* asked) {
    PyObject* given = PyUnicode_FromStringAndSize(text.data(), text.size());
    if (!given) throw Raised{};
    PyObject* said = PyObject_CallFunctionObjArgs(asked, given, nullptr);
    Py_DECREF(given);
    if (!said) throw Raised{};
    const int64_t key = said == Py_None ? refused : PyLong_AsLongLong(said);
    Py_DECREF(said);
    if (PyErr_Occurred()) throw Raised{};
    return key;
  }
};

class Reader {
 public:
  Reader(PyObject* firm, PyObject* body, PyObject* meet, PyObject* group)
      : firm_(firm), body_(body), meet_(meet), group_(group) {
    if (parser_.allocate(simdjson::SIMDJSON_PADDING, deepest)) throw std::bad_alloc();
    for (PyObject* one : {firm_, body_, meet_, group_}) Py_INCREF(one);
  }
  ~Reader() {
    for (PyObject* one : {firm_, body_, meet_, group_}) Py_DECREF(one);
  }

  // Lines made into rows of the columns; gives those it is in doubt of, and how many it took.
  PyObject* read(const char* data, size_t size, int64_t first_pid, int64_t chunk) {
    std::vector<int64_t> doubtful;  // start, end, row
    size_t start = 0;
    int64_t row = 0, newlines = 0;
    const size_t held = process_.rows;
    chunk_ = chunk;
    while (start < size) {
      const void* found = std::memchr(data + start, '\n', size - start);
      const size_t end = found ? static_cast<const char*>(found) - data : size;
      newlines += found != nullptr;
      if (!line(data, start, end, size, first_pid, row)) {
        doubtful.insert(doubtful.end(),
                        {static_cast<int64_t>(start), static_cast<int64_t>(end), row});
      }
      start = end + 1;
      ++row;
    }
    PyObject* left = PyBytes_FromStringAndSize(reinterpret_cast<char*>(doubtful.data()),
                                               doubtful.size() * sizeof(int64_t));
    return Py_BuildValue("(NnL)", left, static_cast<Py_ssize_t>(process_.rows - held),
                         static_cast<long long>(newlines));
  }

  // All rows since the last call, by table and column.
  PyObject* taken() {
    return Py_BuildValue("{s:N,s:N,s:N,s:N,s:N,s:N}", "process", process_.taken(), "tender",
                         tender_.taken(), "bid", bid_.taken(), "award", award_.taken(), "contract",
                         contract_.taken(), "party", party_.taken());
  }

 private:
  struct Supplier {
    int64_t key;
    Text id;
    MaybeText name;
    Maybe identifier;
  };

  struct Lot {
    Text name;
    Integers* column;
    size_t row;
  };

  simdjson::dom::parser parser_;
  PyObject *firm_, *body_, *meet_, *group_;
  Keys firms_, bodies_;
  std::unordered_set<int64_t> met_;
  Process process_;
  Tender tender_;
  Bid bid_;
  Award award_;
  Contract contract_;
  Party party_;
  int64_t chunk_ = 0;
  // Of the line at hand.
  int64_t pid_ = 0;
  const char* line_ = nullptr;
  size_t line_size_ = 0;
  std::vector<int64_t> listed_, bidding_;
  std::vector<Lot> lots_;
  std::vector<Supplier> suppliers_;
  int64_t complaints_ = 0;
  bool complained_ = false;  // whether anything has a list of complaints

  // Whether the line was taken; if not, nothing of it is left in the columns.
  bool line(const char* data, size_t start, size_t end, size_t size, int64_t first_pid,
            int64_t row) {
    if (end - start < 2 || end - start > longest_line || data[start] != '{') return false;
    line_ = data + start;
    line_size_ = end - start;
    pid_ = first_pid + static_cast<int64_t>(start);
    const size_t held[] = {process_.rows, tender_.rows,   bid_.rows,
                           award_.rows,   contract_.rows, party_.rows};
    try {
      // Near the end of the data there is no room behind the line, so that it has to be copied.
      const bool copied = end + simdjson::SIMDJSON_PADDING > size;
      Element parsed;
      if (parser_.parse(line_, line_size_, copied).get(parsed)) return false;
      release(as<Object>(parsed), row);
      return true;
    } catch (const Doubt&) {
      cut(held);
      return false;
    } catch (...) {
      cut(held);
      throw;
    }
  }

  void cut(const size_t (&rows)[6]) {
    process_.cut(rows[0]);
    tender_.cut(rows[1]);
    bid_.cut(rows[2]);
    award_.cut(rows[3]);
    contract_.cut(rows[4]);
    party_.cut(rows[5]);
  }

  void release(Object object, int64_t row) {
    Maybe ocid, date, tag, buyer, tender, bids, awards, contracts, parties, planning, complaints;
    for (const auto [name, element] : object) {
      switch (name.size()) {
        case 3:
          if (is(name, "tag")) tag.set(element);
          break;
        case 4:
          if (is(name, "ocid")) ocid.set(element);
          else if (is(name, "date")) date.set(element);
          else if (is(name, "bids")) bids.set(element);
          break;
        case 5:
          if (is(name, "buyer")) buyer.set(element);
          break;
        case 6:
          if (is(name, "tender")) tender.set(element);
          else if (is(name, "awards")) awards.set(element);
          break;
        case 7:
          if (is(name, "parties")) parties.set(element);
          else if (is(name, "records") && !element.is_null()) throw Doubt{};
          break;
        case 8:
          if (is(name, "planning")) planning.set(element);
          else if (is(name, "releases") && !element.is_null()) throw Doubt{};
          break;
        case 9:
          if (is(name, "contracts")) contracts.set(element);
          break;
        case 10:
          if (is(name, "complaints")) complaints.set(element);
          break;
        case 15:
          if (is(name, "compiledRelease") && !element.is_null()) throw Doubt{};
          break;
        default:
          break;
      }
    }
    const MaybeText its_ocid(ocid);
    if (!its_ocid.there || its_ocid.text.empty()) throw Doubt{};
    Years years;
    complaints_ = 0;
    complained_ = false;
    add_complaints(complaints);
    plans(planning);
    TenderLeft left = this->tender(tender, years);
    lots_.clear();
    this->bids(bids);
    this->awards(awards, left.item, years);
    tender_.complaints->add_if(complained_, complaints_);
    number_lots();
    this->contracts(contracts, years);
    years.add(left.contract_start);
    process_.pid->add(pid_);
    its_ocid.put(process_.ocid);
    process_.compiled->add(is_compiled(tag));
    Moment(date).put(process_.released_at);
    process_.year->add_if(years.known, years.year);
    process_.chunk->add(chunk_);
    process_.row->add(row);
    process_.length->add(static_cast<int64_t>(line_size_));
    // Last, since only of a line without doubt is anything told.
    body(buyer);
    ++process_.rows;
    for (const Supplier& supplier : suppliers_) meet(supplier, parties);
  }

  // The first year that any date of a process knows.
  struct Years {
    int year = 0;
    bool known = false;

    void add(const Moment& moment) {
      if (!known && moment.there) {
        year = moment.year;
        known = true;
      }
    }
  };

  static bool is_compiled(const Maybe& tag) {
    if (!tag) return false;
    if (tag.element.type() == Kind::STRING) return compiled(as<Text>(tag.element));
    bool found = false;
    for (const Element one : as<List>(tag.element)) found |= compiled(as<Text>(one));
    return found;
  }
  static bool compiled(Text tag) {
    if (tag != "compiled" && tag.find("compiled") != Text::npos) throw Doubt{};
    return tag == "compiled";
  }

  void body(const Maybe& buyer) {
    if (!buyer) throw Doubt{};
    Maybe id, name, identifier, scheme;
    for (const auto [key, element] : as<Object>(buyer.element)) {
      if (is(key, "id")) id.set(element);
      else if (is(key, "name")) name.set(element);
      else if (is(key, "identifier")) {
        check_identifier(element);
        identifier.set(element);
      }
    }
    if (identifier) {
      for (const auto [key, element] : as<Object>(identifier.element)) {
        if (is(key, "scheme")) scheme.set(element);
      }
    }
    MaybeText(name).put(process_.body_name);
    const Text text = sure_identifier(id);
    const MaybeText beside(scheme);
    const bool own = begins_with_country(text);
    const bool others = !own && beside.there && begins_with_country(beside.text);
    process_.country->add_if(own || others, (own ? text : beside.text).substr(0, 2));
    process_.body_key->add(bodies_.of(text, body_));
  }

  // Whether a text begins with a scheme of identifiers (IT-CF): the country, then the register.
  static bool begins_with_country(Text text) {
    const auto capital = [text](size_t at) { return text[at] >= 'A' && text[at] <= 'Z'; };
    return text.size() > 3 && capital(0) && capital(1) && text[2] == '-' && capital(3);
  }

  // The `identifier` of an organisation, of which nothing is asked: only that it could be read.
  static void check_identifier(Element element) {
    if (element.is_null()) return;
    for (const auto [name, inner] : as<Object>(element)) {
      if ((is(name, "scheme") || is(name, "id")) && !inner.is_null()) as<Text>(inner);
    }
  }

  struct TenderLeft {
    Class item;
    Moment contract_start;
  };

  TenderLeft tender(const Maybe& tender, Years& years) {
    Maybe status, method, details, rationale, criteria, category, published, stated, period;
    Maybe contract_period, entity, tenderers, items, value, opening, evaluation, documents;
    Maybe enquiries, complaints, fees;
    if (tender) {
      for (const auto [name, element] : as<Object>(tender.element)) {
        switch (name.size()) {
          case 5:
            if (is(name, "items")) items.set(element);
            else if (is(name, "value")) value.set(element);
            break;
          case 6:
            if (is(name, "status")) status.set(element);
            break;
          case 9:
            if (is(name, "tenderers")) tenderers.set(element);
            else if (is(name, "documents")) documents.set(element);
            else if (is(name, "enquiries")) enquiries.set(element);
            break;
          case 10:
            if (is(name, "bidOpening")) opening.set(element);
            else if (is(name, "complaints")) complaints.set(element);
            break;
          case 11:
            if (is(name, "awardPeriod")) evaluation.set(element);
            break;
          case 12:
            if (is(name, "tenderPeriod")) period.set(element);
            break;
          case 13:
            if (is(name, "awardCriteria")) criteria.set(element);
            else if (is(name, "datePublished")) published.set(element);
            break;
          case 14:
            if (is(name, "contractPeriod")) contract_period.set(element);
            break;
          case 15:
            if (is(name, "procuringEntity")) entity.set(element);
            break;
          case 17:
            if (is(name, "procurementMethod")) method.set(element);
            else if (is(name, "numberOfTenderers")) stated.set(element);
            else if (is(name, "participationFees")) fees.set(element);
            break;
          case 23:
            if (is(name, "mainProcurementCategory")) category.set(element);
            break;
          case 24:
            if (is(name, "procurementMethodDetails")) details.set(element);
            break;
          case 26:
            if (is(name, "procurementMethodRationale")) rationale.set(element);
            break;
          default:
            break;
        }
      }
    }
    tender_.pid->add(pid_);
    MaybeText(status).put(tender_.status);
    MaybeText(method).put(tender_.method);
    MaybeText(details).put(tender_.method_details);
    MaybeText(rationale).put(tender_.rationale);
    MaybeText(criteria).put(tender_.award_criteria);
    MaybeText(category).put(tender_.category);
    TenderLeft left;
    left.item = first_class(items);
    left.item.scheme.put(tender_.item_scheme);
    left.item.code.put(tender_.item_code);
    Money(value).put(tender_.amount, tender_.currency);
    Maybe start, end;
    if (period) {
      for (const auto [name, element] : as<Object>(period.element)) {
        if (is(name, "startDate")) start.set(element);
        else if (is(name, "endDate")) end.set(element);
      }
    }
    const Moment begun(start);
    begun.put(tender_.period_start, tender_.period_start_form);
    Moment(end).put(tender_.period_end, tender_.period_end_form);
    years.add(begun);
    years.add(Moment(published));
    date_of(opening).put(tender_.opened_at, tender_.opened_at_form);
    start_of(evaluation).put(tender_.evaluation_start, tender_.evaluation_start_form);
    this->documents(documents);
    this->enquiries(enquiries);
    add_complaints(complaints);
    Sum asked;
    if (fees) {
      for (const Element one : as<List>(fees.element)) asked.add(Money(value_of(one)));
    }
    asked.put(tender_.fee_amount, tender_.fee_currency);
    left.contract_start = start_of(contract_period);
    check_body(entity);
    const MaybeCount number(stated);
    number.put(tender_.tenderers_stated);
    const int64_t listed = number.there ? 0 : count_listed(tenderers);
    tender_.tenderers_listed->add_if(listed, listed);
    ++tender_.rows;
    return left;
  }

  // What is only asked for where a release has no buyer.
  static void check_body(const Maybe& entity) {
    if (!entity) return;
    for (const auto [name, element] : as<Object>(entity.element)) {
      if ((is(name, "id") || is(name, "name")) && !element.is_null()) as<Text>(element);
      else if (is(name, "identifier")) check_identifier(element);
    }
  }

  static Moment start_of(const Maybe& period) {
    Maybe start;
    if (period) {
      for (const auto [name, element] : as<Object>(period.element)) {
        if (is(name, "startDate")) start.set(element);
      }
    }
    return Moment(start);
  }

  static Moment date_of(const Maybe& event) {
    Maybe date;
    if (event) {
      for (const auto [name, element] : as<Object>(event.element)) {
        if (is(name, "date")) date.set(element);
      }
    }
    return Moment(date);
  }

  static Maybe value_of(Element one) {
    Maybe value;
    for (const auto [name, element] : as<Object>(one)) {
      if (is(name, "value")) value.set(element);
    }
    return value;
  }

  void add_complaints(const Maybe& complaints) {
    if (!complaints) return;
    complained_ = true;
    for (const Element one : as<List>(complaints.element)) {
      as<Object>(one);
      ++complaints_;
    }
  }

  // -- documents ------------------------------------------------------------------------------------

  struct Document {
    MaybeText kind;
    MaybeText published;
    Maybe date;
  };

  static Document document(Element one) {
    Maybe kind, published;
    for (const auto [name, element] : as<Object>(one)) {
      if (is(name, "documentType")) kind.set(element);
      else if (is(name, "datePublished")) published.set(element);
    }
    return {MaybeText(kind), MaybeText(published), published};
  }

  void plans(const Maybe& planning) {
    Maybe documents;
    if (planning) {
      for (const auto [name, element] : as<Object>(planning.element)) {
        if (is(name, "documents")) documents.set(element);
      }
    }
    int64_t planned = 0, untold = 0;
    if (documents) {
      for (const Element one : as<List>(documents.element)) {
        const Document found = document(one);
        planned += place(found.kind, plan_kinds) >= 0;
        untold += place(found.kind, document_types) < 0;
      }
    }
    tender_.plans->add_if(documents.there, planned);
    tender_.plans_untold->add_if(documents.there, untold);
  }

  void documents(const Maybe& documents) {
    int64_t all = 0, untold = 0, notices = 0, kinds = 0;
    bool listed[std::size(key_kinds)] = {};
    Moment first[std::size(key_kinds)];
    if (documents) {
      for (const Element one : as<List>(documents.element)) {
        const Document found = document(one);
        ++all;
        const int kind = place(found.kind, key_kinds);
        if (kind < 0) {
          untold += place(found.kind, document_types) < 0;
          continue;
        }
        notices += kind == 0;
        listed[kind] = true;
        const Moment moment(found.date);
        if (moment.there && (!first[kind].there || moment.micros < first[kind].micros))
          first[kind] = moment;
      }
    }
    Moment last;
    bool dated = true;
    for (size_t kind = 0; kind < std::size(key_kinds); ++kind) {
      if (!listed[kind]) continue;
      ++kinds;
      dated = dated && first[kind].there;
      if (first[kind].there && (!last.there || first[kind].micros > last.micros))
        last = first[kind];
    }
    tender_.documents->add_if(documents.there, all);
    tender_.documents_untold->add_if(documents.there, untold);
    tender_.notices->add_if(documents.there, notices);
    first[0].put(tender_.notice_at, tender_.notice_at_form);
    tender_.key_kinds->add_if(documents.there, kinds);
    (dated ? last : Moment()).put(tender_.key_kinds_at, tender_.key_kinds_at_form);
  }

  void enquiries(const Maybe& enquiries) {
    int64_t all = 0, unanswered = 0;
    Moment last;
    if (enquiries) {
      for (const Element one : as<List>(enquiries.element)) {
        Maybe answered, answer;
        for (const auto [name, element] : as<Object>(one)) {
          if (is(name, "dateAnswered")) answered.set(element);
          else if (is(name, "answer")) answer.set(element);
        }
        const Moment moment(answered);
        const MaybeText text(answer);
        ++all;
        if (moment.there) {
          if (!last.there || moment.micros > last.micros) last = moment;
        } else if (!text.there || !says_something(text.text)) {
          ++unanswered;
        }
      }
    }
    tender_.enquiries->add_if(enquiries.there, all);
    tender_.enquiries_unanswered->add_if(enquiries.there, unanswered);
    last.put(tender_.answered_at, tender_.answered_at_form);
  }

  int64_t count_listed(const Maybe& tenderers) {
    if (!tenderers) return 0;
    std::vector<Text> found;
    for (const Element one : as<List>(tenderers.element)) {
      Maybe id;
      for (const auto [name, element] : as<Object>(one)) {
        if (is(name, "id")) id.set(element);
        else if (is(name, "identifier")) check_identifier(element);
      }
      found.push_back(sure_identifier(id));
    }
    std::sort(found.begin(), found.end());
    return std::unique(found.begin(), found.end()) - found.begin();
  }

  // -- lots -----------------------------------------------------------------------------------------

  static MaybeText lot_of(const Maybe& several, const Maybe& one) {
    MaybeText lot(one);
    if (several) {
      bool first = true;
      for (const Element name : as<List>(several.element)) {
        const Text text = as<Text>(name);
        if (first) {
          lot.text = text;
          lot.there = true;
        }
        first = false;
      }
    }
    return lot;
  }

  // The lot of a part of which a row was just begun; its number is known when all lots are.
  void lot(Integers* column, size_t row, const Maybe& several, const Maybe& one) {
    const MaybeText lot = lot_of(several, one);
    column->add(0);
    if (lot.there) lots_.push_back({lot.text, column, row});
  }

  // Lots are numbered by the order of their ids among all bids and awards of the process.
  void number_lots() {
    std::sort(lots_.begin(), lots_.end(),
              [](const Lot& one, const Lot& other) { return one.name < other.name; });
    int64_t number = 0;
    Text last;
    for (const Lot& lot : lots_) {
      if (number == 0 || lot.name != last) ++number;
      last = lot.name;
      lot.column->put(lot.row, number);
    }
  }

  // -- firms ----------------------------------------------------------------------------------------

  static PyObject* as_python(const MaybeText& text) {
    if (!text.there) return Py_NewRef(Py_None);
    return PyUnicode_FromStringAndSize(text.text.data(), text.text.size());
  }

  // Whether a party's details state what kind of entity it is, or may: Python then looks into them.
  static bool states_entities(const Maybe& parties) {
    if (!parties) return false;
    List list;
    if (parties.element.get(list)) return true;
    for (const Element party : list) {
      Object object, details;
      if (party.get(object)) return true;
      for (const auto [name, element] : object) {
        if (!is(name, "details") || element.get(details)) continue;
        for (const auto [detail, _] : details) {
          if (is(detail, "legalEntityType")) return true;
        }
      }
    }
    return false;
  }

  // Tell Python of a supplier that no release named before.
  void meet(const Supplier& supplier, const Maybe& parties) {
    if (!met_.insert(supplier.key).second) return;
    Maybe scheme, inner;
    if (supplier.identifier) {
      for (const auto [called, element] : as<Object>(supplier.identifier.element)) {
        if (is(called, "scheme")) scheme.set(element);
        else if (is(called, "id")) inner.set(element);
      }
    }
    PyObject* text = PyUnicode_FromStringAndSize(supplier.id.data(), supplier.id.size());
    PyObject* said = as_python(supplier.name);
    PyObject* its_scheme = as_python(MaybeText(scheme));
    PyObject* its_id = as_python(MaybeText(inner));
    PyObject* raw = PyBytes_FromStringAndSize(line_, line_size_);
    PyObject* pid = PyLong_FromLongLong(pid_);
    PyObject* stated = states_entities(parties) ? Py_True : Py_False;
    PyObject* done = nullptr;
    if (text && said && its_scheme && its_id && raw && pid) {
      done = PyObject_CallFunctionObjArgs(meet_, text, said, its_scheme, its_id, stated, raw, pid,
                                          nullptr);
    }
    for (PyObject* one : {text, said, its_scheme, its_id, raw, pid, done}) Py_XDECREF(one);
    if (!done) throw Raised{};
  }

  // The keys of a list of firms, each once and in the order of keys, left in `listed_`.
  void list_firms(const Maybe& firms, bool suppliers) {
    listed_.clear();
    if (!firms) return;
    for (const Element one : as<List>(firms.element)) {
      Maybe id, name, identifier;
      for (const auto [called, element] : as<Object>(one)) {
        if (is(called, "id")) id.set(element);
        else if (is(called, "identifier")) {
          check_identifier(element);
          identifier.set(element);
        } else if (suppliers && is(called, "name")) name.set(element);
      }
      const Text text = sure_identifier(id);
      const int64_t key = firms_.of(text, firm_);
      listed_.push_back(key);
      if (suppliers) suppliers_.push_back({key, text, MaybeText(name), identifier});
    }
    if (listed_.size() > 1) {
      std::sort(listed_.begin(), listed_.end());
      listed_.erase(std::unique(listed_.begin(), listed_.end()), listed_.end());
    }
  }

  void add_parties(int64_t role, int64_t number) {
    for (const int64_t key : listed_) {
      party_.pid->add(pid_);
      party_.role->add(role);
      party_.part_no->add(number);
      party_.firm_key->add(key);
      ++party_.rows;
    }
  }

  int64_t group_key() {
    PyObject* keys = PyList_New(0);
    if (!keys) throw Raised{};
    for (const int64_t key : listed_) {
      PyObject* one = PyLong_FromLongLong(key);
      const bool failed = !one || PyList_Append(keys, one) < 0;
      Py_XDECREF(one);
      if (failed) {
        Py_DECREF(keys);
        throw Raised{};
      }
    }
    PyObject* said = PyObject_CallFunctionObjArgs(group_, keys, nullptr);
    Py_DECREF(keys);
    if (!said) throw Raised{};
    const int64_t key = PyLong_AsLongLong(said);
    Py_DECREF(said);
    if (PyErr_Occurred()) throw Raised{};
    return key;
  }

  // -- bids, awards, contracts ----------------------------------------------------------------------

  void bids(const Maybe& bids) {
    Maybe details, statistics;
    if (bids) {
      for (const auto [name, element] : as<Object>(bids.element)) {
        if (is(name, "details")) details.set(element);
        else if (is(name, "statistics")) statistics.set(element);
      }
    }
    bidding_.clear();
    int64_t number = 0;
    if (details) {
      for (const Element one : as<List>(details.element)) bid(one, number++);
      tender_.bids_listed->add(number);
    } else {
      tender_.bids_listed->none();
    }
    std::sort(bidding_.begin(), bidding_.end());
    const int64_t different =
        std::unique(bidding_.begin(), bidding_.end()) - bidding_.begin();
    tender_.tenderers_bidding->add_if(different, different);
    stated_bids(statistics).put(tender_.bids_stated);
  }

  void bid(Element element, int64_t number) {
    Maybe status, date, value, tenderers, several_lots, lot;
    for (const auto [name, inner] : as<Object>(element)) {
      switch (name.size()) {
        case 4:
          if (is(name, "date")) date.set(inner);
          break;
        case 5:
          if (is(name, "value")) value.set(inner);
          break;
        case 6:
          if (is(name, "status")) status.set(inner);
          break;
        case 9:
          if (is(name, "tenderers")) tenderers.set(inner);
          break;
        case 10:
          if (is(name, "relatedLot")) lot.set(inner);
          break;
        case 11:
          if (is(name, "relatedLots")) several_lots.set(inner);
          break;
        default:
          break;
      }
    }
    const MaybeText its_status(status);
    bid_.pid->add(pid_);
    bid_.bid_no->add(number);
    its_status.put(bid_.status);
    Moment(date).put(bid_.date, bid_.date_form);
    this->lot(bid_.lot, bid_.rows, several_lots, lot);
    Money(value).put(bid_.amount, bid_.currency);
    list_firms(tenderers, false);
    bid_.tenderers->add(static_cast<int64_t>(listed_.size()));
    ++bid_.rows;
    add_parties(0, number);
    if (its_status.there && !is(its_status.text, "invited") && !is(its_status.text, "withdrawn")) {
      bidding_.insert(bidding_.end(), listed_.begin(), listed_.end());
    }
  }

  // The measure `bids`, else `validBids`.
  static MaybeCount stated_bids(const Maybe& statistics) {
    MaybeCount bids, valid;
    if (!statistics) return bids;
    for (const Element one : as<List>(statistics.element)) {
      Maybe measure, value;
      for (const auto [name, element] : as<Object>(one)) {
        if (is(name, "measure")) measure.set(element);
        else if (is(name, "value")) value.set(element);
      }
      const MaybeText what(measure);
      const MaybeCount count(value);
      if (!what.there || !count.there) continue;
      if (is(what.text, "bids")) bids = count;
      else if (is(what.text, "validBids")) valid = count;
    }
    return bids.there ? bids : valid;
  }

  void awards(const Maybe& awards, const Class& of_tender, Years& years) {
    suppliers_.clear();
    if (!awards) return;
    int64_t number = 0;
    for (const Element element : as<List>(awards.element)) {
      Maybe id, status, date, value, suppliers, items, several_lots, lot, complaints;
      Maybe has_subcontracting, subcontracting;
      for (const auto [name, inner] : as<Object>(element)) {
        switch (name.size()) {
          case 2:
            if (is(name, "id")) id.set(inner);
            break;
          case 4:
            if (is(name, "date")) date.set(inner);
            break;
          case 5:
            if (is(name, "value")) value.set(inner);
            else if (is(name, "items")) items.set(inner);
            break;
          case 6:
            if (is(name, "status")) status.set(inner);
            break;
          case 9:
            if (is(name, "suppliers")) suppliers.set(inner);
            break;
          case 10:
            if (is(name, "relatedLot")) lot.set(inner);
            else if (is(name, "complaints")) complaints.set(inner);
            break;
          case 11:
            if (is(name, "relatedLots")) several_lots.set(inner);
            break;
          case 14:
            if (is(name, "subcontracting")) subcontracting.set(inner);
            break;
          case 17:
            if (is(name, "hasSubcontracting")) has_subcontracting.set(inner);
            break;
          default:
            break;
        }
      }
      const Moment decided(date);
      if (number == 0) years.add(decided);
      award_.pid->add(pid_);
      award_.award_no->add(number);
      MaybeText(id).put(award_.award_id);
      MaybeText(status).put(award_.status);
      decided.put(award_.date, award_.date_form);
      this->lot(award_.lot, award_.rows, several_lots, lot);
      Money(value).put(award_.amount, award_.currency);
      const Class own = first_class(items);
      const Class& shown = own.code.there ? own : of_tender;
      shown.scheme.put(award_.item_scheme);
      shown.code.put(award_.item_code);
      list_firms(suppliers, true);
      award_.suppliers->add(static_cast<int64_t>(listed_.size()));
      if (listed_.empty()) {
        award_.supplier_key->none();
      } else {
        award_.supplier_key->add(listed_.size() == 1 ? listed_[0] : group_key());
      }
      const bool said = has_subcontracting.there;
      award_.subcontracted->add_if(said, said && as<bool>(has_subcontracting.element));
      put_share(subcontracting);
      add_complaints(complaints);
      ++award_.rows;
      add_parties(1, number);
      ++number;
    }
  }

  // The part of an award that is subcontracted at the least.
  void put_share(const Maybe& subcontracting) {
    Maybe least;
    if (subcontracting) {
      for (const auto [name, element] : as<Object>(subcontracting.element)) {
        if (is(name, "minimumPercentage")) least.set(element);
      }
    }
    double share = 0;
    if (least) {
      const Kind kind = least.element.type();
      if (kind != Kind::DOUBLE && kind != Kind::INT64) throw Doubt{};
      share = as<double>(least.element);
      if (!(share >= 0 && share <= 1)) throw Doubt{};
    }
    award_.subcontracted_share->add_if(least.there, share);
  }

  void contracts(const Maybe& contracts, Years& years) {
    if (!contracts) return;
    int64_t number = 0;
    for (const Element element : as<List>(contracts.element)) contract(element, number++, years);
  }

  void contract(Element element, int64_t number, Years& years) {
    Maybe id, award, status, signed_on, value, period, amendments, amendment, documents;
    Maybe milestones, implementation;
    for (const auto [name, inner] : as<Object>(element)) {
      switch (name.size()) {
        case 2:
          if (is(name, "id")) id.set(inner);
          break;
        case 5:
          if (is(name, "value")) value.set(inner);
          break;
        case 6:
          if (is(name, "status")) status.set(inner);
          else if (is(name, "period")) period.set(inner);
          break;
        case 7:
          if (is(name, "awardID")) award.set(inner);
          break;
        case 9:
          if (is(name, "amendment")) amendment.set(inner);
          else if (is(name, "documents")) documents.set(inner);
          break;
        case 10:
          if (is(name, "dateSigned")) signed_on.set(inner);
          else if (is(name, "amendments")) amendments.set(inner);
          else if (is(name, "milestones")) milestones.set(inner);
          break;
        case 14:
          if (is(name, "implementation")) implementation.set(inner);
          break;
        default:
          break;
      }
    }
    contract_.pid->add(pid_);
    contract_.contract_no->add(number);
    MaybeText(id).put(contract_.contract_id);
    MaybeText(award).put(contract_.award_id);
    MaybeText(status).put(contract_.status);
    const Moment signing(signed_on);
    signing.put(contract_.date_signed, contract_.date_signed_form);
    Money(value).put(contract_.amount, contract_.currency);
    const Moment begun = start_of(period);
    if (number == 0) {
      years.add(signing);
      years.add(begun);
    }
    int64_t changes = 0;
    if (amendment) {
      as<Object>(amendment.element);
      changes = 1;
    }
    if (amendments) {
      changes = 0;
      for (const Element one : as<List>(amendments.element)) {
        as<Object>(one);
        ++changes;
      }
    }
    contract_.changes->add(changes);
    signed_documents(documents);
    carried_out(milestones, implementation);
    ++contract_.rows;
  }

  void carried_out(const Maybe& of_contract, const Maybe& implementation) {
    Maybe milestones, transactions;
    if (implementation) {
      for (const auto [name, element] : as<Object>(implementation.element)) {
        if (is(name, "milestones")) milestones.set(element);
        else if (is(name, "transactions")) transactions.set(element);
      }
    }
    int64_t told = 0, late = 0;
    Moment due;
    for (const Maybe* list : {&of_contract, static_cast<const Maybe*>(&milestones)}) {
      if (!*list) continue;
      for (const Element one : as<List>(list->element)) milestone(one, told, late, due);
    }
    const bool listed = of_contract.there || milestones.there;
    contract_.milestones->add_if(listed, told);
    contract_.milestones_late->add_if(listed, late);
    due.put(contract_.milestone_due);
    Sum paid;
    if (transactions) {
      for (const Element one : as<List>(transactions.element)) {
        Maybe value, amount;  // OCDS 1.0 calls the value `amount`
        for (const auto [name, element] : as<Object>(one)) {
          if (is(name, "value")) value.set(element);
          else if (is(name, "amount")) amount.set(element);
        }
        // Both are checked, and the first that is there counts.
        const Money told_of(value), called_amount(amount);
        paid.add(value.there ? told_of : called_amount);
      }
    }
    contract_.payments->add_if(transactions.there, paid.count);
    paid.put(contract_.paid_amount, contract_.paid_currency);
  }

  static void milestone(Element one, int64_t& told, int64_t& late, Moment& first_due) {
    Maybe due_date, date_met, status;
    for (const auto [name, element] : as<Object>(one)) {
      if (is(name, "dueDate")) due_date.set(element);
      else if (is(name, "dateMet")) date_met.set(element);
      else if (is(name, "status")) status.set(element);
    }
    const Moment due(due_date), met(date_met);
    const MaybeText state(status);
    if (!due.there || (!met.there && state.there && is(state.text, "met"))) return;
    ++told;
    if (met.there) late += met.day() > due.day();
    else if (!first_due.there || due.micros < first_due.micros) first_due = due;
  }

  void signed_documents(const Maybe& documents) {
    if (!documents) {
      contract_.documents->none();
      contract_.signed_documents->none();
      contract_.published_at->none();
      return;
    }
    int64_t all = 0, of_contract = 0;
    Moment earliest;
    for (const Element one : as<List>(documents.element)) {
      Maybe kind, published;
      for (const auto [name, element] : as<Object>(one)) {
        if (is(name, "documentType")) kind.set(element);
        else if (is(name, "datePublished")) published.set(element);
      }
      ++all;
      const MaybeText what(kind), when(published);
      if (!what.there || !is(what.text, "contractSigned")) continue;
      ++of_contract;
      const Moment moment(published);
      if (moment.there && (!earliest.there || moment.micros < earliest.micros)) earliest = moment;
    }
    contract_.documents->add(all);
    contract_.signed_documents->add(of_contract);
    earliest.put(contract_.published_at);
  }
};

// -- the module -------------------------------------------------------------------------------------

constexpr const char* capsule_name = "troth.sources.ocds._native.reader";

void close_reader(PyObject* capsule) {
  delete static_cast<Reader*>(PyCapsule_GetPointer(capsule, capsule_name));
}

PyObject* open_reader(PyObject*, PyObject* given) {
  PyObject *firm, *body, *meet, *group;
  if (!PyArg_ParseTuple(given, "OOOO", &firm, &body, &meet, &group)) return nullptr;
  try {
    auto reader = std::make_unique<Reader>(firm, body, meet, group);
    PyObject* capsule = PyCapsule_New(reader.get(), capsule_name, close_reader);
    if (capsule) reader.release();
    return capsule;
  } catch (const std::exception&) {  // all that the standard library throws here is for memory
    return PyErr_NoMemory();
  }
}

PyObject* read_lines(PyObject*, PyObject* given) {
  PyObject *capsule, *data;
  long long first_pid, chunk;
  if (!PyArg_ParseTuple(given, "OOLL", &capsule, &data, &first_pid, &chunk)) return nullptr;
  auto* reader = static_cast<Reader*>(PyCapsule_GetPointer(capsule, capsule_name));
  char* bytes;
  Py_ssize_t size;
  if (!reader || PyBytes_AsStringAndSize(data, &bytes, &size) < 0) return nullptr;
  try {
    return reader->read(bytes, static_cast<size_t>(size), first_pid, chunk);
  } catch (const Raised&) {
    return nullptr;
  } catch (const std::exception&) {  // all that the standard library throws here is for memory
    return PyErr_NoMemory();
  }
}

PyObject* taken_rows(PyObject*, PyObject* capsule) {
  auto* reader = static_cast<Reader*>(PyCapsule_GetPointer(capsule, capsule_name));
  if (!reader) return nullptr;
  try {
    return reader->taken();
  } catch (const std::exception&) {  // all that the standard library throws here is for memory
    return PyErr_NoMemory();
  }
}

PyMethodDef methods[] = {
    {"open", open_reader, METH_VARARGS, nullptr},
    {"read", read_lines, METH_VARARGS, nullptr},
    {"taken", taken_rows, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_native", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__native() { return PyModule_Create(&module); }
