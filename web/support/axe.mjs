// axe-core on a page: WCAG 2.2 A and AA, and axe's own good practice.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What is wrong with the page, one line each; empty if nothing is.
export async function violations(page) {
  await page.evaluate(source);
  const found = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), tags);
  if (found.passes.length === 0) throw new Error('axe checked nothing');
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.target.join(' ')}: ${node.failureSummary.replaceAll('\n', ' ')}`),
  );
}
