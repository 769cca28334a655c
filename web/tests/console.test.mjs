// The console as people use it: in a browser, over the sample world.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { violations } from '../support/axe.mjs';
import { World, password, samples } from '../support/world.mjs';

let world;
before(async () => { world = await World.start(); });
after(async () => { await world?.stop(); });

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

// The declaration whose consignee is a listed company under its Cyrillic alias.
async function openCase(page, reference) {
  await page.goto(`/assessments?q=${reference}`);
  await page.getByRole('link', { name: reference, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: reference }).waitFor();
}

async function pagesOf(page) {
  await openCase(page, 'CATCH-01');
  const prohibited = new URL(page.url()).pathname;
  await page.goto('/assessments?outcome=review');
  const review = await page.locator('tbody th a').first().getAttribute('href');
  await page.goto('/lists');
  const list = await page.locator('tbody th a').first().getAttribute('href');
  await page.goto('/policy');
  const rule = await page.locator('tbody th a').first().getAttribute('href');
  return ['/', '/assessments', '/assessments?q=no-such-reference', '/assessments?from=never', prohibited, review,
    '/assess', '/screen', '/lists', list, '/policy', rule, '/ledger', '/help', '/no-such-page'];
}

describe('signing in', () => {
  test('with the keyboard alone, and past the navigation', async () => {
    const page = await world.page();
    await page.goto('/');
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    const focused = () => page.evaluate(() => document.activeElement.id);
    for (let presses = 0; presses < 5 && (await focused()) !== 'name'; presses += 1) await page.keyboard.press('Tab');
    assert.equal(await focused(), 'name');
    await page.keyboard.type('ana');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'password');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();

    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the page' });
    assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
  });

  test('a mistake is said in words and leads to the field', async () => {
    const page = await world.page();
    await page.goto('/sign-in');
    await page.getByLabel('User name').fill('ana');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    assert.match(await page.title(), /^Error: /);
    await page.getByRole('link', { name: 'The user name or the password is not right' }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'name');
    assert.deepEqual(await violations(page), []);
  });

  test('works without scripts, and signing out ends it', async () => {
    const page = await world.signedIn('ana', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Assessments', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Assessments' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await page.goto('/assessments');
    assert.equal(new URL(page.url()).pathname, '/sign-in');
  });

  test('a viewer is not offered what a viewer may not do', async () => {
    const page = await world.signedIn('vera');
    for (const name of ['Assess a file', 'Screen a name', 'Ledger']) {
      assert.equal(await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).count(), 0, name);
    }
    const answer = await page.goto('/assess');
    assert.equal(answer.status(), 403);
    await page.getByRole('heading', { name: 'You may not do this' }).waitFor();
  });
});

describe('an officer', () => {
  test('finds the listed consignee in the queue and reads why', async () => {
    const page = await world.signedIn('ana');
    await page.getByRole('link', { name: 'Open the queue' }).click();
    await page.getByRole('navigation', { name: 'Outcome' }).getByRole('link', { name: /^Prohibited/ }).click();
    await page.getByRole('link', { name: 'CATCH-01', exact: true }).click();

    const verdict = page.locator('.verdict');
    assert.equal(await verdict.getByRole('heading').innerText(), 'Prohibited');
    const declared = JSON.parse(readFileSync(join(samples, 'declarations/cases/catch-01.json'), 'utf8'));
    const consignee = declared.parties.find((party) => party.role === 'consignee').name;
    assert.match(consignee, /\p{Script=Cyrillic}/u);
    const why = await verdict.locator('.why').innerText();
    assert.ok(why.length > 20, why);

    const party = page.locator('.party', { hasText: consignee });
    assert.equal(await party.getByText('Strong match').count(), 1);
    assert.ok((await party.locator('.hit li').count()) > 0, 'a hit says why it is one');
    const law = page.locator('section', { has: page.getByRole('heading', { name: 'What the law says' }) });
    assert.ok((await law.getByText('Source:').count()) > 0, 'a legal finding cites its source');
    assert.ok((await page.getByText('The strictest outcome decides').count()) > 0);
  });

  test('downloads the proof; the command accepts it, and refuses every flipped byte', async () => {
    const page = await world.signedIn('ana');
    await openCase(page, 'CATCH-01');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the proof' }).click(),
    ]);
    const proof = join(world.folder, 'catch-01.proof');
    await download.saveAs(proof);
    await page.goto('/ledger');
    const [keyFile] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the key' }).click(),
    ]);
    const key = join(world.folder, 'ledger.vkey');
    await keyFile.saveAs(key);
    assert.equal(readFileSync(key, 'utf8').trim(), (await page.getByLabel('Verifier key').innerText()).trim());

    const verify = (file) => world.run(['ledger', 'verify', '--key', key, file]);
    const good = verify(proof);
    assert.equal(good.code, 0, good.out);
    const bytes = readFileSync(proof);
    const flipped = join(world.folder, 'flipped.proof');
    const step = Math.max(1, Math.floor(bytes.length / 40));
    for (let at = 0; at < bytes.length; at += step) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      writeFileSync(flipped, changed);
      const bad = verify(flipped);
      assert.equal(bad.code, 1, `byte ${at}: ${bad.out}`);
    }
  });

  test('filters, turns pages, and is told when nothing fits', async () => {
    const page = await world.signedIn('ana');
    await page.goto('/assessments');
    const outcomes = await page.locator('tbody .badge').allInnerTexts();
    const order = ['Prohibited', 'Hold', 'Licence required', 'Review', 'Question', 'Release'];
    const ranks = outcomes.map((word) => order.indexOf(word));
    assert.ok(ranks.every((rank) => rank >= 0), outcomes.join());
    assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b), 'strictest first');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Page 2', exact: true }).click();
    await page.getByText('Page 2 of').waitFor();
    await page.getByLabel('Reference contains').fill('catch-');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('heading', { name: '12 assessments' }).waitFor();
    await page.getByLabel('Destination').selectOption('VA');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  });

  test('has a file assessed and opens the result', async () => {
    const page = await world.signedIn('ana');
    await page.goto('/assess');
    const declared = JSON.parse(readFileSync(join(samples, 'declarations/cases/alike-01.json'), 'utf8'));
    const buffer = Buffer.from(JSON.stringify({ ...declared, reference: 'UPLOADED-1' }));
    await page.getByLabel('Declaration file').setInputFiles({ name: 'new.json', mimeType: 'application/json', buffer });
    await page.getByRole('button', { name: 'Assess' }).click();
    await page.getByRole('heading', { name: '1 message' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('link', { name: 'UPLOADED-1' }).click();
    await page.getByRole('heading', { level: 1, name: 'UPLOADED-1' }).waitFor();
    assert.match(await page.locator('.head').innerText(), /by ana/);
  });

  test('sees what was decided sealed in the ledger within seconds', async () => {
    const page = await world.signedIn('ana');
    const waiting = page.locator('.facts div', { hasText: 'Waiting to be sealed' }).locator('dd');
    const until = Date.now() + 20_000;
    do await page.goto('/ledger'); while ((await waiting.innerText()) !== '0' && Date.now() < until);
    assert.equal(await waiting.innerText(), '0');
    const checkpoint = await (await page.request.get('/checkpoint')).text();
    assert.equal((await page.getByLabel('Checkpoint', { exact: true }).innerText()).trim(), checkpoint.trim());
    await openCase(page, 'CATCH-01');
    await page.getByRole('link', { name: /^entry \d+$/ }).waitFor();
  });
});

describe('every page', () => {
  test('has no violation that axe can find, at desktop and phone width', async () => {
    for (const viewport of [desktop, phone]) {
      const page = await world.signedIn('ana', { viewport });
      for (const path of await pagesOf(page)) {
        await page.goto(path);
        assert.deepEqual(await violations(page), [], `${path} at ${viewport.width}`);
      }
      await page.context().close();
    }
  });

  test('fits its width, from desktop to the narrowest phone', async () => {
    const page = await world.signedIn('ana');
    const paths = await pagesOf(page);
    for (const width of [1280, 768, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      for (const path of paths) {
        await page.goto(path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} is ${over} pixels wider than ${width}`);
      }
    }
  });

  test('runs no script but the shortcuts, and breaks none of its own rules', async () => {
    const page = await world.signedIn('ana');
    const complaints = [];
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(String(error)));
    for (const path of (await pagesOf(page)).filter((each) => each !== '/no-such-page')) {
      await page.goto(path);
      const scripts = await page.locator('script').evaluateAll((all) => all.map((each) => each.getAttribute('src') ?? 'inline'));
      assert.ok(scripts.every((src) => src === '/assets/console.js'), `${path}: ${scripts}`);
    }
    assert.deepEqual(complaints, []);
  });
});
