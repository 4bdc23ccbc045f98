// Of main_way.mjs, where pictures are wanted: dialogs, and pages that wait, fail or are empty. What a gateway that works does not answer is put in its place here.
import {PORTAL, look, open, problems, visitor} from './stage.mjs';

const problem = (status, code, detail) => ({status, contentType: 'application/problem+json', body: JSON.stringify({type: 'about:blank', title: code, status, code, detail})});
// The page at `path` while what matches `pattern` is answered so; null: not at all.
async function answered(page, name, path, pattern, answer, there, then = async () => {}) {
  await page.route(pattern, (route) => (answer === null ? undefined : answer instanceof Function ? answer(route) : route.fulfill(answer)));
  await page.goto(`${PORTAL}${path}`);
  await there().first().waitFor();
  await then();
  await look(page, name);
  await page.unroute(pattern);
}
const as_recording = (change) => async (route) => {
  const response = await route.fetch();
  await route.fulfill({response, json: {...(await response.json()), ...change}});
};
async function dialog(page, name, button, inside = () => page.getByRole('dialog')) {
  await button.first().click();
  await inside().waitFor();
  await look(page, name);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
}

// One that does not come about does not keep the others from being seen.
async function part(name, act) {
  await act().catch((error) => problems.push(`${name}: ${error.message}`));
}

export async function states({admin, auditor, compliance, approver, operator}, film) {
  const list = /\/api\/v1\/recordings\?/, one = new RegExp(`/api/v1/recordings/${film}$`), none = /no-such-call/;
  for (const [name, path, pattern, answer, there] of [
    ['recordings-loading', '/recordings', list, null, () => auditor.locator('.waiting')],
    ['recordings-error', '/recordings', list, problem(500, 'internal', ''), () => auditor.getByText('That did not work')],
    ['recordings-refused', '/recordings', list, problem(422, 'invalid', 'parameter "since" must be a time in UTC'), () => auditor.getByText('That did not work')],
    ['recordings-empty', '/recordings?user=nobody-at-all', none, null, () => auditor.getByText('No recordings', {exact: true})],
    ['player-missing', '/recordings/20200101-000000-00000000', none, null, () => auditor.getByText('Not found')],
    ['player-waiting', `/recordings/${film}`, one, as_recording({status: 'redacting', progress: 0.4}), () => auditor.getByText('This film is not ready')],
    ['player-running', `/recordings/${film}`, one, as_recording({status: 'recording'}), () => auditor.getByText('The session runs now')],
    ['player-failed', `/recordings/${film}`, one, as_recording({status: 'failed'}), () => auditor.getByText('Its redaction failed')],
    ['player-broken', `/recordings/${film}`, /\/segments\//, problem(503, 'busy', ''), () => auditor.getByText('The film cannot be played')],
    ['overview-unread', '/', /\/api\/v1\/alerts/, problem(500, 'internal', ''), () => auditor.getByText('Not all of it could be read')],
    ['live-empty', '/live', /\/api\/v1\/live-sessions/, {json: {items: []}}, () => auditor.getByText('No session runs')],
    ['original-none', `/originals/${film}`, none, null, () => auditor.getByText('No original is kept')],
  ]) await part(name, () => answered(auditor, name, path, pattern, answer, there));
  await part('player-below', async () => {
    await auditor.goto(`${PORTAL}/recordings/${film}`);
    await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
    await auditor.getByText('Keyboard', {exact: true}).click();
    await auditor.getByText('Keyboard', {exact: true}).scrollIntoViewIfNeeded();
    await look(auditor, 'player-below');
  });
  await part('recordings-no-day', async () => {
    await open(auditor, 'Recordings');
    await auditor.getByLabel('From', {exact: true}).fill('tomorrow');
    await auditor.keyboard.press('Tab');
    await auditor.getByText(/^Write it as/).waitFor();
    await look(auditor, 'recordings-no-day');
  });
  await part('policy-sign', async () => {
    await open(auditor, 'Policy');
    await dialog(auditor, 'policy-sign', auditor.getByRole('button', {name: /^Sign ?: /}));
  });
  await part('approvals-all', async () => {
    await open(auditor, 'Approvals');
    await auditor.getByRole('button', {name: 'All', exact: true}).click();
    await auditor.locator('tbody tr').first().waitFor();
    await look(auditor, 'approvals-all');
  });
  await part('retention', async () => {
    await open(compliance, 'Retention');
    await compliance.getByRole('button', {name: 'All recordings'}).click();
    await dialog(compliance, 'retention-hold', compliance.getByRole('button', {name: /^Hold: /}));
    await dialog(compliance, 'retention-release', compliance.getByRole('button', {name: /^Release: /}));
  });
  for (const [page, name, button] of [
    ['Targets', 'targets-add', 'Add target'], ['Targets', 'targets-remove', 'Remove: lab-2'],
    ['Users', 'users-role', 'Give a role'], ['Users', 'users-password', 'Set password: alice'], ['Users', 'users-disable', 'Disable: alice'],
  ]) {
    await part(name, async () => {
      await open(admin, page);
      await dialog(admin, name, admin.getByRole('button', {name: button}));
    });
  }
  await part('targets-certificate', async () => {
    const print = '0123456789abcdef'.repeat(4);
    await admin.route(/\/test$/, (route) => route.fulfill({json: {outcome: 'certificate', reason: 'machine shows another', certificate: print}}));
    await open(admin, 'Targets');
    await admin.getByRole('button', {name: 'Test connection: machine'}).click();
    await admin.getByText(print).waitFor();
    await look(admin, 'targets-certificate');
    await admin.unroute(/\/test$/);
  });
  const job = {id: 7, kind: 'redact', key: film, state: 'dead', attempts: 5, max_attempts: 5, run_after: '2026-11-27T07:00:00.000Z', worker: 'vm', last_error: 'the worker has said nothing for 5 minutes', progress: 0.4};
  const making = {id: 'x-1', user: 'clara', recording: film, state: 'running', progress: 0.3, created: '2026-11-27T07:00:00.000Z'};
  await part('system-jobs', () => answered(admin, 'system-jobs', '/system', /\/api\/v1\/jobs/, {json: {items: [job], exports: [making]}}, () => admin.getByText('clara'), () => admin.getByRole('heading', {name: 'Work', exact: true}).evaluate((one) => one.scrollIntoView())));
  await part('policy-explained', async () => {
    await open(admin, 'Policy');
    await admin.getByLabel('User', {exact: true}).fill('alice');
    await admin.getByLabel('Target', {exact: true}).fill('prod-db');
    await admin.keyboard.press('Enter');
    await admin.getByText('Allowed by production').waitFor();
    await look(admin, 'policy-explained');
  });
  await part('connect-empty', () => answered(operator, 'connect-empty', '/connect', /\/api\/v1\/targets\?/, {json: {items: [], next: null}}, () => operator.getByText('No targets')));
  await part('overview-operator', async () => {
    await operator.goto(`${PORTAL}/`);
    await operator.getByRole('heading', {level: 1, name: 'Overview'}).waitFor();
    await look(operator, 'overview-operator');
  });
  await part('machine-refused', () => answered(operator, 'machine-refused', '/connect/no-such-machine', none, null, () => operator.getByRole('alert')));
  await part('request-missing', () => answered(approver, 'request-missing', '/approvals/r-000000000000', none, null, () => approver.getByText('Not found')));
  const nobody = await visitor();
  for (const [name, path, pattern, answer, there] of [
    ['set-up-done', '/setup', none, null, () => nobody.getByRole('heading', {level: 1})],
    ['signed-out', '/signed-out', none, null, () => nobody.getByRole('heading', {level: 1})],
    ['provider-failed', '/sign-in/callback?code=x&state=y', none, null, () => nobody.getByRole('alert')],
    ['first-offline', '/', /\/api\/v1\/session/, (route) => route.abort(), () => nobody.getByText('The gateway cannot be reached')],
  ]) await part(name, () => answered(nobody, name, path, pattern, answer, there));
  await nobody.close();
}
