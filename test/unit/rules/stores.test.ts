import { tellStories } from "./stories.ts";

tellStories("stores", {
  "STORE-UNPARSABLE": [
    ["torn", { rows: '{"agent:main:main": {"status": "run' }, {}, ["STORE-UNPARSABLE error none never"]],
    ["empty", { rows: "" }, {}, ["STORE-UNPARSABLE error none never"]],
    ["an array", { rows: "[]" }, {}, ["STORE-UNPARSABLE error none never"]],
    ["no rows", { rows: "{}" }, {}, []],
  ],
});
