// A local provider in Rust against the C header: says how many messages it was given.
// Kept to what rustc 1.63 and core types offer; a panic must not leave it.
#![allow(non_camel_case_types)]
use std::os::raw::{c_char, c_void};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct gh_str {
    data: *const u8,
    len: usize,
}

#[repr(C)]
pub struct gh_chat_request {
    size: u32,
    stream: u32,
    id: gh_str,
    client: gh_str,
    alias: gh_str,
    model: gh_str,
    messages: *const *const c_void,
    message_count: usize,
    estimated_tokens: u64,
    json: gh_str,
}

#[repr(C)]
pub struct gh_event {
    size: u32,
    kind: u32,
    choice: u32,
    index: u32,
    text: gh_str,
    id: gh_str,
    name: gh_str,
    tokens_in: u64,
    tokens_out: u64,
    tokens_cached: u64,
    tokens_cache_write: u64,
    tokens_reasoning: u64,
    json: gh_str,
}

#[repr(C)]
pub struct gh_event_sink {
    size: u32,
    reserved: u32,
    ctx: *mut c_void,
    emit: extern "C" fn(*mut gh_event_sink, *const gh_event) -> i32,
}

#[repr(C)]
pub struct gh_local {
    size: u32,
    reserved: u32,
    run: extern "C" fn(*mut c_void, *const gh_chat_request, *mut gh_event_sink, *mut c_void) -> i32,
}

#[repr(C)]
pub struct gh_component {
    size: u32,
    reserved: u32,
    id: *const c_char,
    interface_id: *const c_char,
    version: *const c_char,
    summary: *const c_char,
    vtable: *const gh_local,
    create: extern "C" fn(*const c_void, gh_str, *mut *mut c_void, *mut c_void) -> i32,
    destroy: extern "C" fn(*mut c_void),
}
unsafe impl Sync for gh_component {}

#[repr(C)]
pub struct gh_module {
    magic: u32,
    abi_major: u32,
    abi_minor: u32,
    size: u32,
    required_minor: u32,
    flags: u32,
    build: *const c_char,
    component: extern "C" fn(u32) -> *const gh_component,
}
unsafe impl Sync for gh_module {}

const GH_OK: i32 = 0;
const GH_EINTERNAL: i32 = 6;
const GH_EVENT_TEXT: u32 = 1;
const GH_EVENT_FINISH: u32 = 4;
const NOTHING: gh_str = gh_str { data: std::ptr::null(), len: 0 };

fn event(kind: u32, text: &str) -> gh_event {
    gh_event {
        size: std::mem::size_of::<gh_event>() as u32,
        kind,
        choice: 0,
        index: 0,
        text: gh_str { data: text.as_ptr(), len: text.len() },
        id: NOTHING,
        name: NOTHING,
        tokens_in: 0,
        tokens_out: 0,
        tokens_cached: 0,
        tokens_cache_write: 0,
        tokens_reasoning: 0,
        json: NOTHING,
    }
}

extern "C" fn create(_: *const c_void, _: gh_str, out: *mut *mut c_void, _: *mut c_void) -> i32 {
    unsafe { *out = Box::into_raw(Box::new(0u32)) as *mut c_void };
    GH_OK
}

extern "C" fn destroy(instance: *mut c_void) {
    unsafe { drop(Box::from_raw(instance as *mut u32)) }
}

extern "C" fn run(_: *mut c_void, request: *const gh_chat_request, sink: *mut gh_event_sink, _: *mut c_void) -> i32 {
    std::panic::catch_unwind(|| unsafe {
        let count = format!("{} messages", (*request).message_count);
        let status = ((*sink).emit)(sink, &event(GH_EVENT_TEXT, &count));
        if status != GH_OK {
            return status;
        }
        ((*sink).emit)(sink, &event(GH_EVENT_FINISH, "stop"))
    })
    .unwrap_or(GH_EINTERNAL)
}

extern "C" fn component(index: u32) -> *const gh_component {
    if index == 0 { &SELF } else { std::ptr::null() }
}

static TABLE: gh_local = gh_local { size: std::mem::size_of::<gh_local>() as u32, reserved: 0, run };

static SELF: gh_component = gh_component {
    size: std::mem::size_of::<gh_component>() as u32,
    reserved: 0,
    id: b"count\0".as_ptr() as *const c_char,
    interface_id: b"gatehouse.provider.local/1\0".as_ptr() as *const c_char,
    version: b"1.0.0\0".as_ptr() as *const c_char,
    summary: b"Counts messages\0".as_ptr() as *const c_char,
    vtable: &TABLE,
    create,
    destroy,
};

static MODULE: gh_module = gh_module {
    magic: 0x47485031,
    abi_major: 1,
    abi_minor: 0,
    size: std::mem::size_of::<gh_module>() as u32,
    required_minor: 0,
    flags: 0,
    build: b"rustc\0".as_ptr() as *const c_char,
    component,
};

#[no_mangle]
pub extern "C" fn gatehouse_plugin() -> *const gh_module {
    &MODULE
}
