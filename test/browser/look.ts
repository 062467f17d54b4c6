import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** How a page is looked at: at a desk and on a phone, by day and by night. */
export const looks = [
  { name: 'desktop-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 360, height: 800 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 360, height: 800 }, colorScheme: 'dark' },
] as const satisfies readonly (BrowserContextOptions & { readonly name: string })[];

export type Look = (typeof looks)[number];

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds wrong with the page as it is now; contrast (WCAG 2.2, 1.4.3) is among its rules. */
export async function findingsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const findings = (await page.evaluate('axe.run(document).then(({ violations }) => violations)')) as Finding[];
  return findings.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}

/** A page has fewer stops than this, for every length of its lists. */
const stopsMax = 60;

/**
 * The controls that a keyboard reaches and that show no ring when they have the focus: at least two pixels, in a colour that
 * stands off from what is behind it by 3 to 1 (WCAG 2.2, 1.4.11 and 2.4.13).
 */
export async function ringlessOf(page: Page): Promise<string[]> {
  await page.evaluate('document.activeElement?.blur?.()');
  const seen = new Set<string>();
  const ringless: string[] = [];
  while (seen.size < stopsMax) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(describeFocus)) as { key: string; problem: string | null } | null;
    if (focused === null || seen.has(focused.key)) break;
    seen.add(focused.key);
    if (focused.problem !== null) ringless.push(`no ring around ${focused.key}: ${focused.problem}`);
  }
  if (seen.size < 2) ringless.push('nothing takes the focus');
  if (seen.size === stopsMax) ringless.push('too many stops');
  return ringless;
}

/** Run in the page: it shares no scope with this file. */
const describeFocus = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const channels = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const behind = node => {
    for (let at = node; at !== null; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const luminance = colour => colour.slice(0, 3)
    .map(value => value / 255)
    .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const style = getComputedStyle(element);
  const [low, high] = [luminance(channels(style.outlineColor)), luminance(behind(element.parentElement))].sort((a, b) => a - b);
  const ratio = (high + 0.05) / (low + 0.05);
  const shown = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
  const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent ?? '';
  const index = [...document.querySelectorAll('*')].indexOf(element);
  return {
    key: element.tagName + ' ' + label.slice(0, 40) + ' #' + index,
    problem: shown && ratio >= 3 ? null : style.outline + ', ' + ratio.toFixed(2) + ' to 1',
  };
})()`;

/** How far a page goes beyond the screen. */
export async function overflowOf(page: Page): Promise<string[]> {
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  return beyond === 0 ? [] : [`${beyond} pixels wider than the screen`];
}

/** Keeps a picture for people to look at, where PORTCULLIS_TEST_SCREENSHOTS names a directory. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PORTCULLIS_TEST_SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
