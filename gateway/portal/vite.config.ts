import {svelte} from '@sveltejs/vite-plugin-svelte';
import {defineConfig} from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  resolve: process.env.VITEST ? {conditions: ['browser']} : {},
  // The policy of the pages allows no data: script and no inline style, so nothing is inlined.
  build: {target: 'es2022', assetsInlineLimit: 0, modulePreload: {polyfill: false}},
  test: {environment: 'jsdom', include: ['tests/**/*.test.ts']},
});
