// A Chromium without a window, for the server's page.
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ensureChromium } from "./install.mjs";
import { removeLast } from "./scratch.mjs";

/**
 * @param {string} directory where its profile goes; the caller removes it
 * @returns {Promise<import("playwright-core").BrowserContext>} close() ends the browser
 */
export async function openBrowser(directory) {
  const profile = join(directory, "chromium");
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: ensureChromium(),
    // Chromium has no sandbox for root, and the page is our own.
    chromiumSandbox: false,
    viewport: { width: 1400, height: 900 },
    deviceScaleFactor: 1,
    locale: "en-US",
    env: { ...process.env, HOME: profile, TMPDIR: directory },
  });
  removeLast();
  return browser;
}
