import assert from "node:assert/strict";
import { labelText, visibleText } from "../../src/plan/visibleText.ts";

describe("Text of a store, shown", () => {
  it("leaves ordinary text of any language alone, emoji included", () => {
    for (const text of ["agent:main:main", "Grüße, 世界", "שלום", "👩‍💻 🇩🇪 ❤️‍🔥", "a  b"])
      assert.equal(visibleText(text), text);
  });

  it("shows what would hide, break the line or turn it round", () => {
    assert.equal(visibleText("a\nb\tc\u0000\u001b[31m\u007f\u0085"), "a␊b␉c␀␛[31m␡<U+0085>");
    assert.equal(visibleText("key\u202Egpj.exe\u2066\u2069"), "key<U+202E>gpj.exe<U+2066><U+2069>");
    assert.equal(
      visibleText("a\u200Bb\uFEFFc\u200Dd\u2028e\u{E0041}f"),
      "a<U+200B>b<U+FEFF>c<U+200D>d<U+2028>e<U+E0041>f",
    );
    assert.equal(visibleText("half \uD83D"), "half \uFFFD");
  });

  it("cuts what is too long, never through a character", () => {
    assert.equal(visibleText("abcdef", 6), "abcdef");
    assert.equal(visibleText("abcdefg", 6), "abcde…");
    assert.equal(visibleText("abcd😀fg", 6), "abcd…");
    assert.equal(visibleText("x".repeat(1_000_000), 100).length, 100);
  });

  it("makes neither icons nor links in labels", () => {
    assert.equal(labelText("$(alert) ok $(sync~spin)"), "$\u200B(alert) ok $\u200B(sync~spin)");
    assert.equal(labelText("[x](command:quit)"), "[x]\u200B(command:quit)");
    assert.equal(labelText("see https://a.b www.a.b me@a.b"), "see https:\u200B//a.b www\u200B.a.b me@\u200Ba.b");
    assert.equal(labelText("&lt;b&#62; & x; A&B"), "&\u200Blt;b&\u200B#62; & x; A&B");
    assert.equal(labelText("costs $5 (five)"), "costs $5 (five)");
  });
});
