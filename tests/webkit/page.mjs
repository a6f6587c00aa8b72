// SPDX-License-Identifier: Apache-2.0
// The part of Playwright's Page that the story uses, spoken over WebDriver.
import { By } from 'selenium-webdriver';

/** Tries until it works, as Playwright does: an element may still be on its way, covered or moving. */
async function eventually(driver, what, action) {
  for (const until = performance.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      return await action();
    } catch (error) {
      if (performance.now() < until) continue;
      const body = await driver.executeScript('return document.body.innerText');
      throw new Error(`${what}: ${error.name} ${error.message} at ${await driver.getCurrentUrl()}\n${body}`);
    }
  }
}

function setDate(field, value) {
  field.value = value;
  for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
}

export function pageOf(driver) {
  const find = (selector) => driver.findElement(By.css(selector));
  const pointer = { x: 0, y: 0 };
  return {
    goto: (url) => driver.get(url),
    url: () => driver.getCurrentUrl(),
    evaluate: (run, value) => driver.executeScript(`return (${run})(arguments[0])`, value),
    waitForTimeout: (milliseconds) => driver.sleep(milliseconds),
    async isVisible(selector) {
      const [element] = await driver.findElements(By.css(selector));
      return element ? element.isDisplayed() : false;
    },
    click: (selector) => eventually(driver, `click ${selector}`, () => find(selector).click()),
    fill: (selector, value) =>
      eventually(driver, `fill ${selector}`, async () => {
        const field = await find(selector);
        // As Playwright does: what one types into a date depends on the locale.
        if ((await field.getAttribute('type')) === 'date') return driver.executeScript(setDate, field, value);
        await field.clear();
        await field.sendKeys(value);
      }),
    mouse: {
      move: (x, y) => driver.actions().move(Object.assign(pointer, { x, y })).perform(),
      wheel: (x, y) => driver.actions().scroll(pointer.x, pointer.y, x, y).perform(),
    },
  };
}
