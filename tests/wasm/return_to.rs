//! Where the user may go after a sign-in, judged with the host's own URL parser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used)]

mod support;

use support::{glue, judge_return_to};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn judge(text: &str) -> Option<String> {
    judge_return_to(&glue::make(), &text.into(), None)
}

#[track_caller]
fn refuses(texts: &[&str]) {
    for text in texts {
        assert_eq!(judge(text), None, "{text:?}");
    }
}

#[wasm_bindgen_test]
fn a_place_of_this_origin_is_kept() {
    for (text, expected) in [
        ("/", "/"),
        ("/battle?id=1&q=a%0Ab#top", "/battle?id=1&q=a%0Ab#top"),
        ("https://app.example/battle", "/battle"),
        ("/a/../battle", "/battle"),
        ("/name@place//twice", "/name@place//twice"),
        ("/caf\u{e9}", "/caf%C3%A9"),
        ("/x?next=//evil", "/x?next=//evil"),
        ("/callbacks", "/callbacks"),
    ] {
        assert_eq!(judge(text).as_deref(), Some(expected), "{text:?}");
    }
}

#[wasm_bindgen_test]
fn what_only_a_parser_makes_a_place_of_this_origin_is_refused() {
    refuses(&[
        "https://app.example:443/battle",
        "https://app.example",
        "battle/1",
        "?a",
        "#b",
        "HTTPS://APP.EXAMPLE/x",
    ]);
}

#[wasm_bindgen_test]
fn another_origin_is_refused() {
    refuses(&[
        "https://evil",
        "https://evil/x",
        "http://app.example/x",
        "https://app.example:444/x",
        "https://app.example.evil/x",
        "https:///evil",
        "//evil",
        "///evil",
        "  //evil",
        "https://[",
    ]);
}

#[wasm_bindgen_test]
fn what_becomes_another_origin_is_refused() {
    refuses(&["/\\evil", "\\\\evil", "\\/evil", "/.//evil", "/a/..//evil", "/..//evil", "/./\\evil", "https:\\\\evil"]);
}

#[wasm_bindgen_test]
fn another_scheme_is_refused() {
    refuses(&[
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "blob:https://app.example/7f8a",
        "blob:null/7f8a",
        "file:///etc/passwd",
        "about:blank",
        "mailto:a@b",
    ]);
}

#[wasm_bindgen_test]
fn userinfo_is_refused() {
    refuses(&[
        "https://app.example@evil/",
        "https://user@app.example/x",
        "https://user:secret@app.example/x",
        "https://:secret@app.example/x",
        "//user@app.example/x",
    ]);
}

#[wasm_bindgen_test]
fn control_characters_are_refused() {
    refuses(&[
        "/\tevil",
        "/\t/evil",
        "\t//evil",
        "/a\nb",
        "/\r/evil",
        "java\nscript:x",
        "/\0",
        "/a\u{1f}",
        "/\u{7f}",
        "/\u{85}x",
    ]);
}

#[wasm_bindgen_test]
fn encoded_forms_are_refused() {
    refuses(&[
        "/%2fevil",
        "/%2Fevil",
        "%2f%2fevil",
        "/%5cevil",
        "/%5Cevil",
        "/%2e//evil",
        "/a/%2e%2e//evil",
        "/.%2f/../%2fevil",
        "/%09/evil",
        "/%0a/evil",
        "/%0d/evil",
        "/%00/evil",
        "/a%0d%0ab",
        "/a%7f",
    ]);
}

#[wasm_bindgen_test]
fn unicode_forms_are_refused() {
    refuses(&[
        "/\u{ff0f}evil",
        "\u{ff0f}\u{ff0f}evil",
        "/\u{ff3c}evil",
        "/\u{fe68}evil",
        "/%EF%BC%8Fevil",
        "/%ef%bc%bcevil",
    ]);
}

#[wasm_bindgen_test]
fn more_than_500_characters_are_refused() {
    let of_500 = format!("/{}", "a".repeat(499));
    assert_eq!(judge(&of_500), Some(of_500.clone()));
    refuses(&["", &format!("{of_500}a")]);
}

#[wasm_bindgen_test]
fn the_callback_page_is_refused() {
    refuses(&[
        "/callback",
        "/callback?code=c&state=s",
        "/callback#x",
        "/x/../callback",
        "https://app.example/callback",
    ]);
    let judge = |text: &str| judge_return_to(&glue::make(), &text.into(), Some("/signed-in".into()));
    assert_eq!((judge("/signed-in?code=c"), judge("/callback")), (None, Some("/callback".to_owned())));
}

#[wasm_bindgen_test]
fn what_is_no_string_is_refused() {
    for value in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from_f64(1.0), js_sys::Array::of1(&"/x".into()).into()] {
        assert_eq!(judge_return_to(&glue::make(), &value, None), None, "{value:?}");
    }
}
