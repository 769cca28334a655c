// A data folder with the sample world, a running `portcullis serve`, a browser.
//
// PORTCULLIS_BIN   the program under test (default: target/debug/portcullis)
// CHROMIUM         the browser (default: /usr/bin/chromium)

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = process.env.PORTCULLIS_BIN ?? join(root, 'target/debug/portcullis');
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const samples = join(root, 'samples');
export const password = 'only for this test run';

export class World {
  // `assess`: whether the sample declarations are assessed; `customers`: whether
  // the sample customer book is loaded and screened.
  static async start({ assess = true, customers = false } = {}) {
    for (const [what, path] of [['program', program], ['browser', browserPath]]) {
      if (!existsSync(path)) throw new Error(`the ${what} is not at ${path}`);
    }
    const world = new World();
    world.folder = mkdtempSync(join(tmpdir(), 'portcullis-web-'));
    world.data = join(world.folder, 'data');
    try {
      world.fill(assess, customers);
      await world.serve();
      // Chromium refuses its own sandbox to root, as which CI runs.
      const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      world.browser = await chromium.launch({ executablePath: browserPath, args });
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  // Runs a command; gives its exit code and what it wrote.
  run(args, { input = '' } = {}) {
    const options = { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1 << 28 };
    try {
      return { code: 0, out: execFileSync(program, ['--data', this.data, ...args], options) };
    } catch (error) {
      if (typeof error.status !== 'number') throw error;
      return { code: error.status, out: `${error.stdout}${error.stderr}` };
    }
  }

  // Runs a command that has to work.
  must(args, options, codes = [0]) {
    const ended = this.run(args, options);
    if (!codes.includes(ended.code)) throw new Error(`portcullis ${args.join(' ')}: ${ended.code}\n${ended.out}`);
    return ended.out;
  }

  fill(assess, customers) {
    const lists = readdirSync(join(samples, 'watchlist')).map((name) => join(samples, 'watchlist', name));
    for (const file of lists) this.must(['lists', 'import', file]);
    if (assess) this.assess();
    if (customers) {
      this.must(['monitor', 'import', join(samples, 'customers.csv')]);
      this.must(['monitor', 'run'], {}, [0, 3]);
    }
    for (const [name, role] of [['ana', 'admin'], ['ben', 'officer'], ['vera', 'viewer']]) {
      this.must(['user', 'add', name, '--role', role, '--password-stdin'], { input: `${password}\n` });
    }
  }

  assess() {
    this.must(['parties', 'import', join(samples, 'parties.csv')]);
    // 3: done, and some of them are held, as they should be.
    this.must(['assess', '--quiet', '--output', join(this.folder, 'decisions.jsonl'), join(samples, 'declarations')], {}, [0, 3]);
  }

  // Starts the server on a free port and waits until it says where it listens.
  async serve() {
    const args = ['--data', this.data, 'serve', '--listen', '127.0.0.1:0'];
    this.server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.server.stdout });
    const said = [];
    for await (const line of lines) {
      said.push(line);
      const found = line.match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
      if (found) {
        this.base = found[1];
        lines.close();
        this.server.stdout.resume();
        return;
      }
    }
    throw new Error(`the server stopped before it listened:\n${said.join('\n')}`);
  }

  // A page in a context of its own.
  async page(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, baseURL: this.base, ...options });
    context.setDefaultTimeout(15_000);
    return context.newPage();
  }

  // A page in which somebody is signed in.
  async signedIn(name, options = {}) {
    const page = await this.page(options);
    await page.goto('/sign-in');
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    return page;
  }

  async stop() {
    await this.browser?.close();
    if (this.server && this.server.exitCode === null) {
      const ended = new Promise((done) => this.server.once('exit', done));
      this.server.kill('SIGINT');
      // A server that does not stop must not keep the run from ending.
      const last = setTimeout(() => this.server.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(last);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
