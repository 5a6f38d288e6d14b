// Lighthouse's opinion of some pages: the path of a Chromium and addresses in, JSON out, for each page its address, its
// marks, and the audits that it does not pass in full. What else a machine does can only lower the mark for performance,
// so a page that gets less than ENOUGH is looked at again, and the best of TRIES counts.
// One process and one browser for all, one page after the other, so that none is slowed down by the next. Pages of an
// archive do nothing once they are loaded, so a quarter of a second of quiet is waited for, not the seconds of an app, and
// another one until what was painted is told, which a slow machine does late.
import * as chromium from "chrome-launcher";
import lighthouse from "lighthouse";

const ENOUGH = 0.95;
const TRIES = 4;
const [chromePath, ...addresses] = process.argv.slice(2);
const quiet = { pauseAfterFcpMs: 1000, pauseAfterLoadMs: 1000, networkQuietThresholdMs: 250, cpuQuietThresholdMs: 250 };
const browser = await chromium.launch({ chromePath, chromeFlags: ["--headless", "--no-sandbox"] });
const found = [];
try {
  for (const address of addresses) {
    let best = null;
    for (let number = 0; number < TRIES && !(best?.categories.performance.score >= ENOUGH); number++) {
      const { lhr } = await lighthouse(address, { port: browser.port, disableFullPageScreenshot: true, ...quiet });
      if (!best || lhr.categories.performance.score > best.categories.performance.score) best = lhr;
    }
    found.push({
      url: best.finalDisplayedUrl,
      marks: Object.fromEntries(Object.values(best.categories).map(({ id, score }) => [id, score])),
      lacking: Object.values(best.audits).filter(({ score }) => score !== null && score < 1).map(({ id }) => id),
    });
  }
} finally {
  browser.kill();
}
process.stdout.write(JSON.stringify(found), () => process.exit());
