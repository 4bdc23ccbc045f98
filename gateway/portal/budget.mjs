// What the first page loads must stay small, be ours alone, and hold nothing that the content security policy forbids.
import {readdirSync, readFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';

const limit = 150_000;
const page = readFileSync('dist/index.html', 'utf8');
const scripts = readdirSync('dist/assets').filter((name) => name.endsWith('.js'));
const size = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`dist/assets/${name}`)).length, 0);
const problems = [];
if (scripts.length === 0 || size > limit) problems.push(`${size} bytes of compressed JavaScript; the limit is ${limit}`);
if (/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc="\/assets\/)/i.test(page)) problems.push('index.html has inline script or style');
if (/(?:src|href)="(?:https?:)?\/\//i.test(page)) problems.push('index.html names another host');
for (const problem of problems) console.error(problem);
console.log(`${size} of ${limit} bytes of compressed JavaScript`);
process.exit(problems.length ? 1 : 0);
