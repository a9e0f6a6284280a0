//! The page of `--report` in headless Chromium: it renders without the network and without scripts, in wide and narrow
//! windows.

use std::fs;
use std::process::{Command, Stdio};

use super::messy;
use crate::harness::Workdir;

/// The command of an installed Chromium.
fn chromium() -> Option<&'static str> {
    let is_there = |name: &&str| {
        let version =
            Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there)
}

/// A page that holds another one in a frame of `width` pixels, measures it, and writes the results as its own text.
fn measuring(page: &str, width: u32) -> String {
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        r#"<!DOCTYPE html><meta charset="utf-8"><iframe style="width:{width}px;height:900px;border:0" srcdoc="{page}"></iframe>
<pre></pre><script>
addEventListener("load", () => {{
  const frame = document.querySelector("iframe"), own = frame.contentDocument;
  const wide = [...own.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > {width} + 0.5);
  const clipped = [...own.querySelectorAll(".part")].filter(one => one.scrollHeight > one.clientHeight + 1);
  const result = {{
    width: own.documentElement.scrollWidth,
    wide: wide.map(one => one.outerHTML.slice(0, 200)),
    clipped: clipped.map(one => one.textContent),
    styled: getComputedStyle(own.querySelector(".verdict")).borderLeftWidth,
    pictures: [...own.querySelectorAll(".ribbon")].filter(one => one.getBoundingClientRect().width > 10).length,
    options: own.querySelectorAll(".option").length,
    broken: [...own.querySelectorAll(".option")].filter(one => one.getClientRects().length > 1).map(one => one.textContent),
    scripts: own.scripts.length,
    images: own.images.length,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").length,
    text: own.body.innerText,
  }};
  frame.remove();
  document.querySelector("pre").textContent = "RESULT" + btoa(unescape(encodeURIComponent(JSON.stringify(result)))) + "END";
}});
</script>"#
    )
}

/// Renders a page in a window of `width` pixels and returns the measurements.
#[track_caller]
fn render(browser: &str, dir: &Workdir, page: &str, width: u32) -> serde_json::Value {
    dir.write("measuring.html", measuring(page, width));
    let output = Command::new("timeout")
        .args([
            "120",
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ])
        .arg(format!("--user-data-dir={}", dir.path("profile").display()))
        .args(["--window-size=1600,1000", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("file://{}", dir.path("measuring.html").display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let result = dom.split_once("RESULT").and_then(|(_, rest)| rest.split_once("END"));
    let (result, _) = result.unwrap_or_else(|| panic!("{dom}\n{}", String::from_utf8_lossy(&output.stderr)));
    // The base64 of the browser, as the shell decodes it.
    dir.write("result", result);
    let decoded =
        Command::new("base64").args(["-d".as_ref(), dir.path("result").as_os_str()]).output().unwrap();
    serde_json::from_slice(&decoded.stdout).unwrap()
}

#[test]
fn the_page_renders_in_wide_and_narrow_windows() {
    let Some(browser) = chromium() else {
        return println!("skipped: chromium is not installed");
    };
    let dir = Workdir::new();
    for (args, input, pictures) in [
        ("--check --id-field email", messy(), 6),
        ("--check --profile extended", messy(), 6),
        ("--check --losses l --report-values hide", messy(), 6),
        ("--check", b"name=Ann&type=website&data[url]=example.com".to_vec(), 2),
        ("--check", Vec::new(), 0),
    ] {
        dir.run(&format!("{args} --report page.html"), input);
        let page = fs::read_to_string(dir.path("page.html")).unwrap();
        for width in [360, 1400] {
            let result = render(browser, &dir, &page, width);
            assert_eq!(result["width"], width, "{args}: {result:#}");
            for member in ["wide", "clipped", "broken"] {
                assert_eq!(
                    result[member].as_array().unwrap().len(),
                    0,
                    "{args} at {width}: {:#}",
                    result[member]
                );
            }
            assert_eq!(result["styled"], "6px", "{args}: the style sheet applies");
            assert_eq!(result["pictures"], pictures, "{args}");
            for member in ["scripts", "images", "loaded"] {
                assert_eq!(result[member], 0, "{args}: {member}");
            }
            let text = result["text"].as_str().unwrap();
            assert!(text.contains("Exit status"), "{text}");
            // Texts that look like HTML are texts.
            if args.contains("email") {
                assert!(result["options"].as_u64().unwrap() > 10, "names of options, which are not broken");
                for shown in ["<script>alert(2)</script>", "עברית"] {
                    assert!(text.contains(shown), "{shown}: {text}");
                }
            }
        }
    }
}
