// What the first page loads must stay small, be ours alone, and hold nothing that the content security policy forbids. What a page fetches
// later (noVNC) counts for nothing here, if nothing that is loaded at first imports it.
import {readFileSync, readdirSync, statSync} from 'node:fs';

const limit = 150_000;
const page = readFileSync('dist/index.html', 'utf8');
const text = (name) => readFileSync(`dist/assets/${name}`, 'utf8');
const all = readdirSync('dist/assets').filter((name) => name.endsWith('.js'));
const first = new Set();
const load = (name) => {
  if (first.has(name)) return;
  first.add(name);
  for (const [, other] of text(name).matchAll(/(?:^|[;}\s])(?:import|export)[^()'"`]*?["'`]\.\/([\w.-]+\.js)["'`]/g)) load(other);
};
for (const [, name] of page.matchAll(/(?:src|href)="\/assets\/([\w.-]+\.js)"/g)) load(name);
const size = [...first].reduce((sum, name) => sum + statSync(`dist/assets/${name}.gz`).size, 0);
const problems = [];
if (first.size === 0 || size > limit) problems.push(`${size} bytes of compressed JavaScript; the limit is ${limit}`);
if (/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc="\/assets\/)/i.test(page)) problems.push('index.html has inline script or style');
if (/(?:src|href)="(?:https?:)?\/\//i.test(page)) problems.push('index.html names another host');
for (const problem of problems) console.error(problem);
console.log(`${size} of ${limit} bytes of compressed JavaScript, and ${all.length - first.size} files for later`);
process.exit(problems.length ? 1 : 0);
