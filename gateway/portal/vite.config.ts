import {readFileSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import {svelte} from '@sveltejs/vite-plugin-svelte';
import {defineConfig} from 'vitest/config';

// Of what others have written and the browser gets: their licences, which ask for it.
const licences = () => ({
  name: 'licences',
  generateBundle(this: {emitFile: (file: {type: 'asset'; fileName: string; source: string}) => void}): void {
    const texts = ['@novnc/novnc/LICENSE.txt', '@novnc/novnc/docs/LICENSE.MPL-2.0', '@novnc/novnc/vendor/pako/LICENSE', 'svelte/LICENSE.md'];
    const version = JSON.parse(readFileSync('node_modules/@novnc/novnc/package.json', 'utf8')).version;
    const intro = `noVNC ${version} is here unchanged but for being bundled. Its source is the npm package @novnc/novnc of this version.\n`;
    this.emitFile({type: 'asset', fileName: 'third-party.txt', source: [intro, ...texts.map((name) => `--- ${name}\n\n${readFileSync(`node_modules/${name}`, 'utf8')}`)].join('\n')});
  },
});

// Serve packs nothing: what is worth it lies there packed, beside itself.
const packed = () => ({
  name: 'packed',
  writeBundle({dir}: {dir?: string}, files: Record<string, unknown>): void {
    for (const name of Object.keys(files).filter((one) => /\.(js|css|html|txt)$/.test(one))) writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`), {level: 9}));
  },
});

export default defineConfig({
  plugins: [svelte(), licences(), packed()],
  resolve: process.env.VITEST ? {conditions: ['browser']} : {},
  server: process.env.VITEST ? {fs: {allow: ['../..']}} : {},  // texts are compared with what the gateway says
  // The policy of the pages allows no data: script and no inline style, so nothing is inlined.
  build: {target: 'es2022', assetsInlineLimit: 0, modulePreload: {polyfill: false}},
  test: {environment: 'jsdom', include: ['tests/**/*.test.ts'], testTimeout: 120_000},
});
