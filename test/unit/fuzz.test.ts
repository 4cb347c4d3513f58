// A quick run of what `npm run test:fuzz` does for as long as it is told.
import fc from "fast-check";
import { properties } from "../fuzz/properties.ts";

describe("Whatever the bytes are", () => {
  for (const [name, { make, quickRuns }] of Object.entries(properties)) {
    it(`holds of any ${name}`, async () => {
      await fc.assert(
        make(() => undefined),
        { numRuns: quickRuns },
      );
    }).timeout(60_000);
  }
});
