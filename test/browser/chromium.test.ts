import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chromiumUnavailable, launchChromium } from './chromium.ts';

describe('the browser of the tests', { skip: chromiumUnavailable() }, () => {
  it('starts, runs scripts and draws text with the libraries and the font of its package', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.setContent('<b></b><script>document.querySelector("b").append("Port", "cullis")</script>');
      const box = await page.getByText('Portcullis').boundingBox();
      assert.ok(box !== null && box.width > 50, `drawn ${box?.width} pixels wide`);
    } finally {
      await browser.close();
    }
  });
});
