//! THE table of runtime functions. Adding one is a row here and a definition in `core` or `runtime`.
//!
//! Row: `Name, symbol, [parameter kinds], return kind, [attributes];`
//!
//! Calling convention: C. Rows with the attribute `faults` take a trailing site number (`i64`) that is not listed: back ends append
//! it from the statement's location. A row returning `out` writes its result through a hidden first pointer parameter.

/// How a parameter travels, and who owns what it points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    I64,
    F64,
    Bool,
    /// An unmanaged pointer, or (in `Expanded` MIR) a counted object whose counting the surrounding code does itself.
    Raw,
    /// A counted object, borrowed.
    Obj,
    /// A counted object, consumed.
    Own,
    /// Address of a value in memory, borrowed.
    Slot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnKind {
    Unit,
    I64,
    F64,
    Bool,
    Raw,
    /// A counted object, owned by the caller. Where the MIR type is an option of a counted type, null is none.
    Own,
    /// A value in memory, written through a hidden first pointer. Options of scalars: tag byte (0 none, 1 some) at 0, payload at its own
    /// alignment (`Int`, `Float` at 8, `Bool` at 1).
    Out,
    /// Does not return.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Defined in `runtime-c-abi/core`, linked as bitcode before optimisation.
    Core,
    /// Of `core`: a few instructions, fewer still where an argument is known; always part of the caller.
    Inline,
    /// May fault; takes the trailing site number.
    Faults,
    /// Rarely executed.
    Cold,
    /// Reads memory reachable from its arguments at most, writes none, returns always.
    Pure,
    /// Result depends on nothing but the thread.
    Const,
    /// Returns fresh memory.
    Allocates,
    /// May wait for something outside the process.
    Blocks,
}

/// Calls `$callback!` with every row.
#[macro_export]
macro_rules! for_each_runtime_fn {
    ($callback:ident) => {
        $callback! {
            // -- memory and counts (Expanded MIR) --
            Context, fuse_context, [], Raw, [Const];
            Alloc, fuse_alloc, [I64], Raw, [Core, Allocates];
            Free, fuse_free, [Raw, I64], Unit, [Core];
            RcInc, fuse_rc_inc, [Raw], Unit, [Core];
            RcDec, fuse_rc_dec, [Raw], Bool, [Core];
            RcUnique, fuse_rc_unique, [Raw], Bool, [Core, Pure];
            DropText, fuse_drop_text, [Raw], Unit, [Core];
            MarkImmortal, fuse_mark_immortal, [Raw], Unit, [Core];
            MarkShared, fuse_mark_shared, [Raw], Unit, [];
            // -- tasks. The first parameter of an entry is its job. --
            // (entry, captures, may its starter go on after its fault) -> handle
            TaskSpawn, fuse_task_spawn, [Raw, Own, Bool], I64, [];
            // (handle) -> cell with the result, or the task's fault
            TaskAwait, fuse_task_await, [I64], Own, [Faults, Blocks];
            // (handle) -> JSON of the `std.Error.Validation` that ended the task, or null; or its fault
            TaskFailure, fuse_task_failure, [I64], Own, [Faults, Blocks];
            // -> this thread's newest task; gives up those newer than that one
            TaskNewest, fuse_task_newest, [], I64, [];
            TaskGiveUp, fuse_task_give_up, [I64], Unit, [Blocks];
            // (handle), after it was awaited
            TaskRelease, fuse_task_release, [I64], Unit, [];
            // (job) -> captures; (job) -> captures, for the last time; (job) -> result, for the last time;
            // (job, cell with the result)
            TaskRecord, fuse_task_record, [Raw], Own, [];
            TaskTakeRecord, fuse_task_take_record, [Raw], Own, [];
            TaskTakeResult, fuse_task_take_result, [Raw], Own, [];
            TaskFinish, fuse_task_finish, [Raw, Own], Unit, [];
            // -- faults --
            Fault, fuse_fault, [I64, I64], Never, [Cold];
            FaultMessage, fuse_fault_message, [Obj], Never, [Cold, Faults];
            Raise, fuse_raise, [Obj, I64, Bool], Never, [Cold, Faults];
            FaultValidation, fuse_fault_validation, [Obj, Obj, Obj], Never, [Cold, Faults];
            // -- text --
            TextNew, fuse_text_new, [I64], Own, [Core];
            // (text, bytes): the text with room for that many more, unique
            TextReserve, fuse_text_reserve, [Own, I64], Own, [Core, Inline];
            TextPush, fuse_text_push, [Own, Obj], Own, [Core];
            TextPushInt, fuse_text_push_int, [Own, I64], Own, [Core];
            // The same with room made before. The third parameter: how much of it is for what follows.
            TextPut, fuse_text_put, [Own, Obj], Own, [Core, Inline];
            TextPutInt, fuse_text_put_int, [Own, I64], Own, [Core];
            TextPutBool, fuse_text_put_bool, [Own, Bool], Own, [Core, Inline];
            TextPutByte, fuse_text_put_byte, [Own, I64], Own, [Core, Inline];
            TextPutFloat, fuse_text_put_float, [Own, F64, I64], Own, [Core];
            TextPutJsonFloat, fuse_text_put_json_float, [Own, F64, I64], Own, [Core];
            TextPutJson, fuse_text_put_json, [Own, Obj, I64], Own, [Core];
            HtmlPutText, fuse_html_put_text, [Own, Obj, I64], Own, [Core];
            HtmlPutValue, fuse_html_put_value, [Own, Obj, I64], Own, [Core];
            TextPushFloat, fuse_text_push_float, [Own, F64], Own, [Core];
            TextPushBool, fuse_text_push_bool, [Own, Bool], Own, [Core];
            TextPushBase64, fuse_text_push_base64, [Own, Obj], Own, [];
            TextPushJson, fuse_text_push_json, [Own, Obj], Own, [Core];
            TextPushJsonFloat, fuse_text_push_json_float, [Own, F64], Own, [Core];
            TextEqual, fuse_text_equal, [Obj, Obj], Bool, [Core, Pure];
            // (text, its length in bytes, position) -> bytes of the text, as `JsonKeyWord` gives them
            TextWord, fuse_text_word, [Obj, I64, I64], I64, [Core, Pure];
            TextCompare, fuse_text_compare, [Obj, Obj], I64, [Core, Pure];
            TextClone, fuse_text_clone, [Obj], Own, [Core];
            TextScalars, fuse_text_scalars, [Obj], I64, [Pure];
            TextTrim, fuse_text_trim, [Obj], Own, [];
            TextTrimStart, fuse_text_trim_start, [Obj], Own, [];
            TextTrimEnd, fuse_text_trim_end, [Obj], Own, [];
            TextLower, fuse_text_lower, [Obj], Own, [];
            TextUpper, fuse_text_upper, [Obj], Own, [];
            TextContains, fuse_text_contains, [Obj, Obj], Bool, [Pure];
            TextStartsWith, fuse_text_starts_with, [Obj, Obj], Bool, [Pure];
            TextEndsWith, fuse_text_ends_with, [Obj, Obj], Bool, [Pure];
            // Scalar index or -1.
            TextIndexOf, fuse_text_index_of, [Obj, Obj], I64, [Pure];
            TextReplace, fuse_text_replace, [Obj, Obj, Obj], Own, [];
            TextSplit, fuse_text_split, [Obj, Obj], Own, [Faults];
            TextLines, fuse_text_lines, [Obj], Own, [];
            TextSlice, fuse_text_slice, [Obj, I64, I64], Own, [Faults];
            TextRepeat, fuse_text_repeat, [Obj, I64], Own, [Faults];
            TextJoin, fuse_text_join, [Obj, Obj], Own, [];
            // Option<Int>, Option<Float> in memory.
            TextToInt, fuse_text_to_int, [Obj], Out, [];
            TextToFloat, fuse_text_to_float, [Obj], Out, [];
            BytesSlice, fuse_bytes_slice, [Obj, I64, I64], Own, [Faults];
            // Null when not UTF-8.
            BytesToString, fuse_bytes_to_string, [Obj], Own, [];
            BytesToHex, fuse_bytes_to_hex, [Obj], Own, [];
            // -- markup: each consumes the text so far and gives it longer --
            HtmlPushText, fuse_html_push_text, [Own, Obj], Own, [Core];
            HtmlPushValue, fuse_html_push_value, [Own, Obj], Own, [Core];
            // Text inside `script` and `style`.
            HtmlPushRawText, fuse_html_push_raw_text, [Own, Obj], Own, [];
            // (markup, Map<String, String>)
            HtmlPushAttributes, fuse_html_push_attributes, [Own, Obj], Own, [Faults];
            // (markup, name, Map<String, String>, List<Html>)
            HtmlPushNode, fuse_html_push_node, [Own, Obj, Obj, Obj], Own, [Faults];
            // Markup of the file.
            SvgInline, fuse_svg_inline, [Obj], Own, [Faults];
            // -- numbers --
            FloatRem, fuse_float_rem, [F64, F64], F64, [Const];
            // -1, 0, 1; 2 when unordered.
            CompareIntFloat, fuse_compare_int_float, [I64, F64], I64, [Const];
            // Option<Int> in memory: none when NaN or out of range.
            FloatToInt, fuse_float_to_int, [F64], Out, [];
            // -- lists (element sizes in bytes) --
            // (element size, capacity) -> list with length 0
            ListNew, fuse_list_new, [I64, I64], Raw, [Core, Allocates];
            // (unique list, element size, least capacity) -> list, possibly moved
            ListGrow, fuse_list_grow, [Raw, I64, I64], Raw, [Core];
            // (list, element size): storage only
            ListFree, fuse_list_free, [Raw, I64], Unit, [Core];
            // (list, element size, from, to) -> new list, elements copied bit by bit
            ListCopy, fuse_list_copy, [Raw, I64, I64, I64], Raw, [Core];
            ListSortInt, fuse_list_sort_int, [Own], Own, [];
            ListSortFloat, fuse_list_sort_float, [Own], Own, [];
            ListSortText, fuse_list_sort_text, [Own], Own, [];
            // -- maps (value sizes in bytes) --
            // (value size, capacity) -> empty map
            MapNew, fuse_map_new, [I64, I64], Raw, [Core, Allocates];
            // Entry index or -1.
            MapFind, fuse_map_find, [Obj, Obj, I64], I64, [Core, Pure];
            // (unique map, key, value size) -> map with a new last entry whose value is not initialised; the key must be absent
            MapInsert, fuse_map_insert, [Raw, Own, I64], Raw, [Core];
            // (unique map, entry index, value size): closes the gap; key and value have been dropped
            MapRemoveAt, fuse_map_remove_at, [Raw, I64, I64], Unit, [Core];
            // (map, value size) -> new map, keys counted, values copied bit by bit
            MapCopy, fuse_map_copy, [Raw, I64], Raw, [Core];
            MapFree, fuse_map_free, [Raw, I64], Unit, [Core];
            // -- process --
            Print, fuse_print, [Obj], Unit, [];
            // (level 0..4 = trace..error, message)
            LogText, fuse_log_text, [I64, Obj], Unit, [];
            // (level, message, JSON text of the data)
            LogJson, fuse_log_json, [I64, Obj, Obj], Unit, [];
            // Is a line of this level shown?
            LogEnabled, fuse_log_enabled, [I64], Bool, [];
            // Level number of a name, or -1.
            LogLevel, fuse_log_level, [Obj], I64, [];
            AssertFailed, fuse_assert_failed, [Obj], Never, [Cold, Faults];
            Env, fuse_env, [Obj], Own, [];
            EnvInt, fuse_env_int, [Obj], Out, [Faults];
            EnvFloat, fuse_env_float, [Obj], Out, [Faults];
            EnvBool, fuse_env_bool, [Obj], Out, [Faults];
            Input, fuse_input, [Obj], Own, [Faults, Blocks];
            ReadLine, fuse_read_line, [], Own, [Faults, Blocks];
            ReadText, fuse_read_text, [], Own, [Faults, Blocks];
            TimeNow, fuse_time_now, [], I64, [];
            TimeSleep, fuse_time_sleep, [I64], Unit, [Faults, Blocks];
            TimeFormat, fuse_time_format, [I64, Obj], Own, [Faults];
            // Option<Int> in memory: none when the text does not fit the format.
            TimeParse, fuse_time_parse, [Obj, Obj], Out, [];
            TimeParseMessage, fuse_time_parse_message, [Obj], Own, [];
            CryptoHash, fuse_crypto_hash, [Obj, Obj], Own, [Faults];
            CryptoHmac, fuse_crypto_hmac, [Obj, Obj, Obj], Own, [Faults];
            RandomBytes, fuse_random_bytes, [I64], Own, [Faults];
            ConstantTimeEqual, fuse_constant_time_equal, [Obj, Obj], Bool, [Pure];
            // -- values from text: config, flags, path parameters. (text, field path) --
            ParseInt, fuse_parse_int, [Obj, Obj], I64, [Faults];
            ParseFloat, fuse_parse_float, [Obj, Obj], F64, [Faults];
            ParseBool, fuse_parse_bool, [Obj, Obj], Bool, [Faults];
            ParseBytes, fuse_parse_bytes, [Obj, Obj], Own, [Faults];
            // Is the trimmed text empty or `null`?
            ParseIsNull, fuse_parse_is_null, [Obj], Bool, [];
            // -- refinements. Each check gives null when satisfied, else the message. --
            CheckIntRange, fuse_check_int_range, [I64, I64, I64], Own, [];
            CheckFloatRange, fuse_check_float_range, [F64, F64, F64], Own, [];
            CheckTextLength, fuse_check_text_length, [Obj, I64, I64], Own, [];
            CheckBytesLength, fuse_check_bytes_length, [Obj, I64, I64], Own, [];
            CheckId, fuse_check_id, [Obj], Own, [];
            CheckEmail, fuse_check_email, [Obj], Own, [];
            // (text, tables of a pattern as `pattern` describes them)
            RegexMatches, fuse_regex_matches, [Obj, Obj], Bool, [Pure];
            // -- configuration: (config name, field name, env name) -> text or null --
            ConfigText, fuse_config_text, [Obj, Obj, Obj], Own, [Faults];
            // -- program flags: the table is the Raw parameter of the entry function --
            // Raw text of a value flag or null. (flags, index)
            FlagText, fuse_flag_text, [Raw, I64], Own, [];
            // 0 absent, 1 false, 2 true, 3 given with a value. (flags, index)
            FlagBool, fuse_flag_bool, [Raw, I64], I64, [];
            // Records a problem. (flags, index, code, message)
            FlagError, fuse_flag_error, [Raw, I64, Obj, Obj], Unit, [];
            // Parses without faulting: writes Option, records `invalid_value` itself. (flags, index, text)
            FlagInt, fuse_flag_int, [Raw, I64, Obj], Out, [];
            FlagFloat, fuse_flag_float, [Raw, I64, Obj], Out, [];
            FlagBoolText, fuse_flag_bool_text, [Raw, I64, Obj], Out, [];
            FlagBytes, fuse_flag_bytes, [Raw, I64, Obj], Own, [];
            // (flags, index, cursor): the problems of a flag's JSON text
            FlagProblems, fuse_flag_problems, [Raw, I64, Raw], Unit, [];
            // Reports every recorded problem; true when there was none.
            FlagsOk, fuse_flags_ok, [Raw], Bool, [];
            // (text of an error value, is JSON): what a failing `main` prints
            MainFailed, fuse_main_failed, [Obj, Bool], Unit, [];
            // -- reading JSON: the Raw is a `json::Cursor` --
            // Takes the text; given back with JsonEnd.
            JsonBegin, fuse_json_begin, [Own], Raw, [];
            JsonEnd, fuse_json_end, [Raw], Unit, [];
            // Is the next value an object, an array, null? Then it is open, or has been read.
            JsonObject, fuse_json_object, [Raw], Bool, [Core];
            JsonArray, fuse_json_array, [Raw], Bool, [Core];
            JsonNull, fuse_json_null, [Raw], Bool, [Core];
            // (cursor, first?) -> length of the next key, -1 at the end, -2 failed
            JsonKey, fuse_json_key, [Raw, Bool], I64, [Core];
            // (cursor, length of the key, position) -> bytes of the key
            JsonKeyWord, fuse_json_key_word, [Raw, I64, I64], I64, [Core, Pure];
            JsonKeyText, fuse_json_key_text, [Raw], Own, [Core];
            // (cursor, first?) -> 1 an element follows, 0 the end, -1 failed
            JsonItem, fuse_json_item, [Raw, Bool], I64, [Core];
            // Options, in memory or null: none when the value is another one, which is recorded and read, or reading failed.
            JsonBool, fuse_json_bool, [Raw], Out, [Core];
            JsonInt, fuse_json_int, [Raw], Out, [Core];
            JsonFloat, fuse_json_float, [Raw], Out, [Core];
            JsonString, fuse_json_string, [Raw], Own, [Core];
            JsonBytes, fuse_json_bytes, [Raw], Own, [];
            // A dynamic value in memory; null when reading failed.
            JsonValue, fuse_json_value, [Raw], Out, [];
            // (cursor, is a result?, what is expected) -> length of the tag, which is the key then; -1 recorded
            JsonTagged, fuse_json_tagged, [Raw, Bool, Obj], I64, [];
            // Position of the data of the tagged object, or -1; position of its end
            JsonData, fuse_json_data, [Raw], I64, [];
            JsonDataEnd, fuse_json_data_end, [Raw], I64, [];
            JsonEnter, fuse_json_enter, [Raw, I64], Unit, [];
            JsonLeave, fuse_json_leave, [Raw, I64], Unit, [];
            // Number of elements of the array that comes next, or -1; nothing is read.
            JsonCount, fuse_json_count, [Raw], I64, [];
            // Problems: of the next value (what is expected), of the value just read (code, message), of the key just read ...
            JsonMismatch, fuse_json_mismatch, [Raw, Obj], Unit, [Cold];
            JsonReject, fuse_json_reject, [Raw, Obj, Obj], Unit, [Cold];
            JsonUnknown, fuse_json_unknown, [Raw], Unit, [Cold];
            JsonDuplicate, fuse_json_duplicate, [Raw], Unit, [Cold];
            JsonUnknownTag, fuse_json_unknown_tag, [Raw, Bool], Unit, [Cold];
            // ... of a field that the object just closed lacks.
            JsonMissing, fuse_json_missing, [Raw, Obj], Unit, [Cold];
            // Problems since then lie in this field, in this element; may reading go on?
            JsonInField, fuse_json_in_field, [Raw, Obj], Bool, [Cold];
            JsonInItem, fuse_json_in_item, [Raw, I64], Bool, [Cold];
            // Puts the problems of the object just closed in the order of its keys.
            JsonSort, fuse_json_sort, [Raw], Unit, [Cold];
            // (cursor, path of the whole, form of a syntax error: 0 `invalid_json`, 1 `invalid_value`) -> no problems?
            JsonFinish, fuse_json_finish, [Raw, Obj, I64], Bool, [];
            JsonProblems, fuse_json_problems, [Raw], I64, [];
            // (cursor, number, 0 path 1 code 2 message)
            JsonProblem, fuse_json_problem, [Raw, I64, I64], Own, [];
            JsonFault, fuse_json_fault, [Raw], Never, [Cold, Faults];
            // Dynamic value in memory
            JsonDecode, fuse_json_decode, [Obj], Out, [Faults];
            // -- database --
            // Resolved `App.dbUrl` and `App.dbPoolSize`, empty where there is none.
            DbConfigure, fuse_db_configure, [Obj, Obj], Unit, [];
            // (SQL, List<Dynamic>)
            DbExec, fuse_db_exec, [Obj, Obj], Unit, [Faults, Blocks];
            DbQuery, fuse_db_query, [Obj, Obj], Own, [Faults, Blocks];
            DbOne, fuse_db_one, [Obj, Obj], Own, [Faults, Blocks];
            DbBegin, fuse_db_begin, [], Unit, [Faults, Blocks];
            DbCommit, fuse_db_commit, [], Unit, [Faults, Blocks];
            DbRollback, fuse_db_rollback, [], Unit, [];
            // Queries are opaque texts.
            QueryFrom, fuse_query_from, [Obj], Own, [Faults];
            QuerySelect, fuse_query_select, [Obj, Obj], Own, [Faults];
            // (query, column, operator, List<Dynamic> with the value)
            QueryWhere, fuse_query_where, [Obj, Obj, Obj, Obj], Own, [Faults];
            QueryOrderBy, fuse_query_order_by, [Obj, Obj, Obj], Own, [Faults];
            QueryLimit, fuse_query_limit, [Obj, I64], Own, [Faults];
            // (query, columns, values, replaces)
            QueryInsert, fuse_query_insert, [Obj, Obj, Obj, Bool], Own, [Faults];
            // (query, column, List<Dynamic> with the value)
            QueryUpdate, fuse_query_update, [Obj, Obj, Obj], Own, [Faults];
            QueryDelete, fuse_query_delete, [Obj], Own, [Faults];
            QueryCount, fuse_query_count, [Obj], I64, [Faults, Blocks];
            // Map<String, Dynamic>, null without rows
            QueryOne, fuse_query_one, [Obj], Own, [Faults, Blocks];
            QueryAll, fuse_query_all, [Obj], Own, [Faults, Blocks];
            // (query, columns, columns of truth values, only the first row) -> JSON texts of rows
            QueryTexts, fuse_query_texts, [Obj, Obj, Obj, Bool], Own, [Faults, Blocks];
            QueryExec, fuse_query_exec, [Obj], Unit, [Faults, Blocks];
            QuerySql, fuse_query_sql, [Obj], Own, [];
            QueryParams, fuse_query_params, [Obj], Own, [];
            // -- HTTP --
            Serve, fuse_serve, [I64], Unit, [Faults, Blocks];
            // (request, index of the path parameter) -> decoded segment without blanks around it
            RequestParam, fuse_request_param, [Raw, I64], Own, [];
            // The body as text. Faults with the validation error when it is blank or not UTF-8.
            RequestBody, fuse_request_body, [Raw], Own, [Faults];
            // (request, status, JSON text)
            RespondJson, fuse_respond_json, [Raw, I64, Own], Unit, [];
            RespondHtml, fuse_respond_html, [Raw, I64, Own], Unit, [];
            // (request, the text of an error that clients are not told)
            RespondFailure, fuse_respond_failure, [Raw, Own], Unit, [];
            // Of the request that the calling route or its task answers: (name) -> text or null
            RequestHeader, fuse_request_header, [Obj], Own, [Faults];
            RequestCookie, fuse_request_cookie, [Obj], Own, [Faults];
            RequestQuery, fuse_request_query, [Obj], Own, [Faults];
            // (name, value)
            ResponseHeader, fuse_response_header, [Obj, Obj], Unit, [Faults];
            ResponseCookie, fuse_response_cookie, [Obj, Obj], Unit, [Faults];
            ResponseDeleteCookie, fuse_response_delete_cookie, [Obj], Unit, [Faults];
            // An exchange with another server; the Raw stands for it.
            // (function, see `http`; method, URL, body, Map<String, String>, milliseconds)
            HttpSend, fuse_http_send, [I64, Obj, Obj, Obj, Obj, I64], Raw, [Blocks];
            HttpFailed, fuse_http_failed, [Raw], Bool, [];
            HttpStatus, fuse_http_status, [Raw], I64, [];
            // Option<Int> in memory: none without an answer.
            HttpErrorStatus, fuse_http_error_status, [Raw], Out, [];
            // (exchange, which, see `http`) -> text; the body is null without an answer
            HttpText, fuse_http_text, [Raw, I64], Own, [];
            // Map<String, String>
            HttpHeaders, fuse_http_headers, [Raw], Own, [];
            HttpEnd, fuse_http_end, [Raw], Unit, [];
            // Where a file is served, by `FUSE_ASSET_MAP`.
            Asset, fuse_asset, [Obj], Own, [];
        }
    };
}

macro_rules! define {
    ($($name:ident, $symbol:ident, [$($param:ident),*], $ret:ident, [$($attribute:ident),*];)*) => {
        /// A row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RuntimeFn { $($name),* }

        impl RuntimeFn {
            pub const ALL: &'static [RuntimeFn] = &[$(RuntimeFn::$name),*];

            pub fn symbol(self) -> &'static str {
                match self { $(RuntimeFn::$name => stringify!($symbol)),* }
            }

            /// Kinds of the parameters, without the hidden result pointer and the trailing site number.
            pub fn params(self) -> &'static [ParamKind] {
                match self { $(RuntimeFn::$name => &[$(ParamKind::$param),*]),* }
            }

            pub fn ret(self) -> ReturnKind {
                match self { $(RuntimeFn::$name => ReturnKind::$ret),* }
            }

            pub fn attributes(self) -> &'static [Attribute] {
                match self { $(RuntimeFn::$name => &[$(Attribute::$attribute),*]),* }
            }
        }
    };
}

for_each_runtime_fn!(define);

impl RuntimeFn {
    pub fn has(self, attribute: Attribute) -> bool {
        self.attributes().contains(&attribute)
    }

    /// The row with this symbol.
    pub fn from_symbol(symbol: &str) -> Option<RuntimeFn> {
        RuntimeFn::ALL
            .iter()
            .copied()
            .find(|row| row.symbol() == symbol)
    }
}

/// The Rust types of a row: `abi_type!(Raw)` is `*mut u8`.
#[macro_export]
macro_rules! abi_type {
    (I64) => { i64 };
    (F64) => { f64 };
    (Bool) => { bool };
    (Raw) => { *mut u8 };
    (Obj) => { *mut u8 };
    (Own) => { *mut u8 };
    (Slot) => { *mut u8 };
    (Unit) => { () };
    (Never) => { ! };
}
