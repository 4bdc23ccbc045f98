import {readFileSync} from 'node:fs';
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

export default defineConfig({
  plugins: [svelte(), licences()],
  resolve: process.env.VITEST ? {conditions: ['browser']} : {},
  // The policy of the pages allows no data: script and no inline style, so nothing is inlined.
  build: {target: 'es2022', assetsInlineLimit: 0, modulePreload: {polyfill: false}},
  test: {environment: 'jsdom', include: ['tests/**/*.test.ts']},
});
