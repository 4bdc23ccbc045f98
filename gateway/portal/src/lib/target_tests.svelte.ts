import {path, query, send, type TargetTest} from './api';
import {notices} from './notices.svelte';

// Targets, or accounts on one, that are tried one at a time; what came of each, by its name.
export class TargetTests {
  running = $state('');
  found = $state<Record<string, TargetTest>>({});

  // `of`: whose own account, where each has theirs.
  async run(name: string, target: string, of = ''): Promise<void> {
    this.running = name;
    delete this.found[name];
    await notices.attempt(async () => {
      const one = await send<TargetTest>('POST', path('targets', target, 'test') + query({of}));
      this.found[name] = one;
    });
    this.running = '';
  }
}
