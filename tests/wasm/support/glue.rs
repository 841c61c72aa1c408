//! What the generated module exports, for the JavaScript half of a client: here it is this program.

use bixarena_auth_client::error::Fault;
use bixarena_auth_client::service::ROUTES;
use bixarena_auth_client::web;
use js_sys::{Object, Reflect};
use std::sync::OnceLock;
use wasm_bindgen::closure::WasmClosure;
use wasm_bindgen::prelude::*;

/// The rows of the texts in the wasm.
pub(crate) fn texts() -> &'static str {
    static TEXTS: OnceLock<String> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let row = |fault: &Fault| format!("{}|{}|{}\n", fault.code(), fault.message(), fault.claim());
        Fault::ALL.iter().map(row).collect::<String>() + ROUTES
    })
}

/// An object with the exports.
pub(crate) fn make() -> JsValue {
    let glue = Object::new().into();
    assert_eq!(Reflect::set(&glue, &"memory".into(), &wasm_bindgen::memory()), Ok(true));
    add(
        &glue,
        "newClient",
        Closure::<dyn Fn(f64, f64, u32, u32) -> u32>::new(|a, b, c, d| web::new_client(a, b, c, d)),
    );
    add(&glue, "freeClient", Closure::<dyn Fn(u32)>::new(|a| web::free_client(a)));
    add(&glue, "look", Closure::<dyn Fn(u32, f64, f64, f64)>::new(|a, b, c, d| web::look(a, b, c, d)));
    add(&glue, "ask", Closure::<dyn Fn(u32, u32, u32)>::new(|a, b, c| web::ask(a, b, c)));
    add(
        &glue,
        "minted",
        Closure::<dyn Fn(u32, u32, u32, u32, f64, f64)>::new(|a, b, c, d, e, f| web::minted(a, b, c, d, e, f)),
    );
    add(&glue, "failed", Closure::<dyn Fn(u32, u32, u32, u32, f64)>::new(|a, b, c, d, e| web::failed(a, b, c, d, e)));
    add(&glue, "happens", Closure::<dyn Fn(u32, u32)>::new(|a, b| web::happens(a, b)));
    add(&glue, "serverTime", Closure::<dyn Fn(u32, f64, f64) -> f64>::new(|a, b, c| web::server_time(a, b, c)));
    add(&glue, "patience", Closure::<dyn Fn(u32, f64) -> f64>::new(|a, b| web::patience(a, b)));
    add(&glue, "lockEnded", Closure::<dyn Fn(u32, u32, f64)>::new(|a, b, c| web::lock_ended(a, b, c)));
    add(&glue, "judgeReply", Closure::<dyn Fn(u32, u32, u32) -> i32>::new(|a, b, c| web::judge_reply(a, b, c)));
    add(
        &glue,
        "judgeCallback",
        Closure::<dyn Fn(u32, u32, u32) -> i32>::new(|a, b, c| web::judge_callback_numbers(a, b, c)),
    );
    add(&glue, "limitLeft", Closure::<dyn Fn(f64, f64) -> f64>::new(|a, b| web::limit_left_of(a, b)));
    add(&glue, "stateMark", Closure::<dyn Fn() -> u64>::new(|| web::mark_of_state()));
    add(&glue, "isSafeReturnTo", Closure::<dyn Fn(u32) -> u32>::new(|a| web::judge_return_to(a)));
    glue
}

fn add<F: WasmClosure + ?Sized>(glue: &JsValue, name: &str, function: Closure<F>) {
    let is_set = Reflect::set(glue, &name.into(), &function.into_js_value());
    assert_eq!(is_set, Ok(true));
}

/// The modules of the JavaScript half: whatever a test program names is copied beside it.
mod modules {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/web/client.js")]
    extern "C" {
        type Client;
    }
    #[wasm_bindgen(module = "/src/web/errors.js")]
    extern "C" {
        type Errors;
    }
    #[wasm_bindgen(module = "/src/web/numbers.js")]
    extern "C" {
        type Numbers;
    }
    #[wasm_bindgen(module = "/src/web/exchange.js")]
    extern "C" {
        type Exchange;
    }
    #[wasm_bindgen(module = "/src/web/retry-after.js")]
    extern "C" {
        type RetryAfter;
    }
    #[wasm_bindgen(module = "/src/web/service.js")]
    extern "C" {
        type Service;
    }
    #[wasm_bindgen(module = "/src/web/sign-in.js")]
    extern "C" {
        type SignIn;
    }
    #[wasm_bindgen(module = "/src/web/storage.js")]
    extern "C" {
        type Storage;
    }
    #[wasm_bindgen(module = "/src/web/tabs.js")]
    extern "C" {
        type Tabs;
    }
}
