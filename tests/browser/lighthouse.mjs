// Lighthouse's opinion of some pages: the path of a Chromium and addresses in, JSON out, for each page its address, its
// marks, and the audits that it does not pass in full.
// One process and one browser for all, one page after the other, so that none is slowed down by the next. Pages of an
// archive do nothing once they are loaded, so a quarter of a second of quiet is waited for, not the seconds of an app, and
// another one until what was painted is told, which a slow machine does late.
import * as chromium from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, ...addresses] = process.argv.slice(2);
const quiet = { pauseAfterFcpMs: 1000, pauseAfterLoadMs: 1000, networkQuietThresholdMs: 250, cpuQuietThresholdMs: 250 };
const browser = await chromium.launch({ chromePath, chromeFlags: ["--headless", "--no-sandbox"] });
const found = [];
try {
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, { port: browser.port, disableFullPageScreenshot: true, ...quiet });
    found.push({
      url: lhr.finalDisplayedUrl,
      marks: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score])),
      lacking: Object.values(lhr.audits).filter(({ score }) => score !== null && score < 1).map(({ id }) => id),
    });
  }
} finally {
  browser.kill();
}
process.stdout.write(JSON.stringify(found), () => process.exit());
