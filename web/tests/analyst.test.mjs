// The analyst's day in a browser: search in any script, compare, judge by
// keyboard, a second person, the record on one page, and its code.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { violations } from '../support/axe.mjs';
import { World } from '../support/world.mjs';

let world;
before(async () => { world = await World.start({ assess: false, customers: true }); });
after(async () => { await world?.stop(); });

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const listed = { cyrillic: 'Ярослав Дробыщев', latin: 'Yaroslav Arkadyevich Drobyshchev' };

// Searches by keyboard alone; ends on the record's page.
async function search(page, name) {
  await page.goto('/screen');
  await page.keyboard.press('/');
  await page.keyboard.insertText(name);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/screenings\/[0-9a-f-]+$/);
}

const focusedText = (page) => page.evaluate(() => document.activeElement.innerText);

describe('searching', () => {
  test('in Cyrillic finds the listed person, and the name stands in no address', async () => {
    const page = await world.signedIn('ana');
    const asked = [];
    page.on('request', (request) => asked.push(decodeURIComponent(request.url())));
    await search(page, listed.cyrillic);
    await page.getByRole('heading', { name: /listed entr.* may be/ }).waitFor();
    const first = page.locator('.hits tbody tr').first();
    assert.match(await first.innerText(), new RegExp(listed.latin));
    assert.match(await first.innerText(), /Strong match/);
    await search(page, 'نبيل الطحوري');
    assert.match(await page.locator('.hits tbody tr').first().innerText(), /Nabil al-Tahouri/);
    assert.ok(asked.every((url) => !url.includes('Дробыщев')), asked.join('\n'));
  });

  test('a clear answer says so, with the lists and the day', async () => {
    const page = await world.signedIn('ana');
    await search(page, 'Quillon Abernathy Thwaite');
    await page.getByRole('heading', { name: /^Nobody on the 3 active lists matches, as of / }).waitFor();
  });

  test('what cannot be read is said at its field, and nothing is screened', async () => {
    const page = await world.signedIn('ana');
    await page.goto('/screen');
    await page.getByLabel('Name or number').fill('Anybody');
    await page.getByText('More about the party').click();
    await page.getByLabel('Born').fill('last spring');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('link', { name: /is not a date/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'birth_date');
    assert.equal(await page.getByLabel('Name or number').inputValue(), 'Anybody');
  });

  test('works without scripts', async () => {
    const page = await world.signedIn('ana', { javaScriptEnabled: false });
    await page.goto('/screen');
    await page.getByLabel('Name or number').fill(listed.cyrillic);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('.hits tbody a').first().click();
    await page.getByRole('heading', { name: 'Side by side' }).waitFor();
    await page.getByRole('button', { name: /^Record/ }).waitFor();
  });
});

describe('judging', () => {
  test('by keyboard; the same person is refused as the second, another one agrees', async () => {
    const page = await world.signedIn('ana');
    await search(page, listed.cyrillic);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    assert.match(await focusedText(page), new RegExp(listed.latin));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Side by side' }).waitFor();
    const sides = page.locator('.sides');
    assert.ok((await sides.getByText(/agrees/).count()) > 0);
    assert.match(await sides.innerText(), new RegExp(listed.cyrillic));

    await page.keyboard.press('n');
    assert.ok(await page.getByRole('radio', { name: /Not the same/ }).isChecked());
    assert.equal(await page.evaluate(() => document.activeElement.id), 'because');
    await page.keyboard.press('1');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Born 1991, passport seen');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/judgements\/[0-9a-f-]+$/);
    const judgement = new URL(page.url()).pathname;
    await page.getByRole('heading', { name: 'Waits for a second person' }).waitFor();
    await page.getByText('Born on another date. Born 1991, passport seen').waitFor();
    await page.getByText('The second person must be somebody else').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Agree/ }).count(), 0);

    // Whoever sends the form all the same is refused, in words.
    const csrf = await page.locator('input[name=csrf]').first().inputValue();
    const answer = await page.request.post(`${judgement}/confirm`, { form: { csrf } });
    assert.equal(answer.status(), 409);
    assert.match(await answer.text(), /the second person must be somebody else/);

    const second = await world.signedIn('ben');
    await second.goto('/judgements');
    await second.keyboard.press('j');
    await second.keyboard.press('Enter');
    await second.waitForURL(`**${judgement}`);
    await second.keyboard.press('c');
    await second.keyboard.press('Enter');
    await second.getByRole('heading', { name: /^In force until / }).waitFor();
    await second.getByText('Agreed as the second person').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: /^In force until / }).waitFor();

    // The next search of the same name still shows the match, and how it was judged.
    await search(page, listed.cyrillic);
    await page.getByText(/Judged not the same by ana and ben/).waitFor();
  });

  test('without a reason nothing is recorded', async () => {
    const page = await world.signedIn('ana');
    await search(page, listed.latin);
    await page.locator('.hits tbody a').first().click();
    await page.getByRole('heading', { name: 'Side by side' }).waitFor();
    await page.keyboard.press('s');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Choose a reason or write one').waitFor();
    assert.ok(await page.getByRole('radio', { name: /^The same/ }).isChecked());
    assert.deepEqual(await violations(page), []);
  });

  test('single keys can be switched off', async () => {
    const page = await world.signedIn('ana');
    await page.goto('/screenings');
    await page.keyboard.press('?');
    await page.getByLabel('Single keys are on').uncheck();
    await page.reload();
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  });
});

describe('alerts of customers', () => {
  test('stand strongest first, and are judged one after the other by keyboard', async () => {
    const page = await world.signedIn('ben');
    await page.goto('/monitoring');
    const book = page.locator('table').first().locator('tbody tr').first();
    assert.match(await book.innerText(), /10/);
    assert.match(await page.locator('table').nth(1).innerText(), /Completed/);
    await page.goto('/alerts');
    const strengths = await page.locator('.score .sub').allInnerTexts();
    const strong = strengths.map((text) => text.startsWith('Strong'));
    assert.ok(strong.length >= 5, strengths.join());
    assert.deepEqual(strong, [...strong].sort((a, b) => Number(b) - Number(a)));
    const open = async () => Number((await page.getByRole('link', { name: /^Open/ }).innerText()).match(/\d+/)[0]);
    const before = await open();

    // A filter that fits some, and one that fits none.
    await page.getByLabel('Type').selectOption('vessel');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('heading', { name: '1 alert', exact: true }).waitFor();
    assert.match(await page.locator('tbody').innerText(), /Amber Petrel/);
    await page.getByLabel('At least as old as').selectOption('7');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    await page.goto('/alerts');

    await page.keyboard.press('j');
    const first = await focusedText(page);
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    assert.equal(await focusedText(page), first);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/alerts\/[0-9a-f-]+$/);
    const path = new URL(page.url()).pathname;
    await page.keyboard.press('s');
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/done=/);
    assert.notEqual(new URL(page.url()).pathname, path);
    assert.match(await page.getByRole('status').innerText(), /Judged the same/);
    await page.goto('/alerts');
    assert.equal(await open(), before - 1);
    await page.goto('/alerts?state=confirmed');
    assert.match(await page.locator('tbody').innerText(), new RegExp(first));
    await page.goto(path);
    await page.getByText('This alert is confirmed.').waitFor();
    await page.getByText(/^Judged the same by ben on/).waitFor();
  });
});

describe('the record', () => {
  test('prints on one page with its code; the code is known, a changed one is not', async () => {
    const page = await world.signedIn('ana');
    await search(page, listed.cyrillic);
    const record = page.url();
    await page.emulateMedia({ media: 'print' });
    const code = await page.locator('.letterhead b').innerText();
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    assert.ok(await page.locator('.letterhead').isVisible());
    for (const hidden of ['.side', '.search', '.keys']) assert.equal(await page.locator(hidden).isVisible(), false, hidden);
    const text = await page.locator('main').innerText();
    for (const part of ['Asked by', 'ana', 'Threshold', 'Digest', 'List set']) assert.ok(text.includes(part), part);
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    assert.equal(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length, 1);

    const stranger = await world.page();
    await stranger.goto('/verify');
    await stranger.getByLabel('Verification code').fill(code.toLowerCase().replaceAll('-', ' '));
    await stranger.getByRole('button', { name: 'Check' }).click();
    await stranger.getByRole('heading', { name: 'A record with this code exists' }).waitFor();
    assert.ok(!(await stranger.locator('main').innerText()).includes('Дробыщев'));
    assert.deepEqual(await violations(stranger), []);
    const last = code.at(-1) === '0' ? '1' : '0';
    await stranger.goto(`/verify?code=${code.slice(0, -1)}${last}`);
    await stranger.getByRole('heading', { name: 'No record has this code' }).waitFor();
    assert.deepEqual(await violations(stranger), []);
    await stranger.goto(record);
    assert.equal(new URL(stranger.url()).pathname, '/sign-in');
  });
});

describe('every page of the analyst', () => {
  test('has no violation that axe can find, and fits its width', async () => {
    const page = await world.signedIn('ana');
    await search(page, listed.latin);
    const record = new URL(page.url()).pathname;
    const paths = ['/screen', record, `${record}/hits/1`, '/screenings', '/judgements?state=all', '/verify'];
    await page.goto('/judgements?state=all');
    paths.push(await page.locator('tbody th a').first().getAttribute('href'));
    await page.goto(`${record}/hits/1`);
    const entry = page.locator('.listings a').first();
    if (await entry.count()) paths.push(await entry.getAttribute('href'));
    await page.goto('/alerts');
    paths.push('/alerts', '/alerts?state=gone&list=x', '/monitoring', await page.locator('tbody th a').first().getAttribute('href'));
    for (const viewport of [desktop, phone, { width: 320, height: 700 }]) {
      await page.setViewportSize(viewport);
      for (const path of paths) {
        await page.goto(path);
        if (viewport.width > 320) assert.deepEqual(await violations(page), [], `${path} at ${viewport.width}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} is ${over} pixels wider than ${viewport.width}`);
      }
    }
  });
});
