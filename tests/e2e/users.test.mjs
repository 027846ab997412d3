// SPDX-License-Identifier: Apache-2.0
// People in the page: from a server that nobody has access to, by its setup, to users that come and go.
import assert from 'node:assert/strict';
import test from 'node:test';
import { violations } from '../support/axe.mjs';
import { DESKTOP, PHONE, openBrowser, openPage } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/wait.mjs';

const ANA = 'correct horse battery';
const THEMES = [['dark', { colorScheme: 'dark' }], ['light', { colorScheme: 'light' }]];

async function accessible(page, what) {
  for (const [name, media] of THEMES) {
    await page.emulateMedia(media);
    assert.deepEqual(await violations(page), [], `${what}, ${name}`);
  }
}

// Refused log-ins and the question before the first are errors to the browser, and no fault of the page.
const faults = (page) => page.problems.filter((p) => !/status of (401|400|409|429)/.test(p));

async function logIn(page, user, password) {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

test('a new server leads to its setup, the setup to the first page, and users come and go', async (t) => {
  const server = await startServer(t, { noAuth: false });
  const browser = await openBrowser(t);
  const page = await openPage(browser, { viewport: DESKTOP });

  await page.goto(`${server.base}/`);
  await page.getByRole('heading', { name: 'Welcome to Telltale' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/setup');
  const field = (name) => page.getByLabel(name, { exact: true });
  assert.equal(await field('User name').getAttribute('autocomplete'), 'username');
  assert.equal(await field('Password').getAttribute('autocomplete'), 'new-password');
  await accessible(page, 'setup');
  await field('User name').fill('Ana');
  await field('Password').fill(ANA);
  await field('Password again').fill('something else');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('two different passwords').waitFor();
  await field('Password again').fill(ANA);
  await page.keyboard.press('Enter');
  await page.getByText('Live', { exact: true }).first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/');

  await page.goto(`${server.base}/settings/users`);
  await page.getByRole('cell', { name: 'Ana (you)' }).waitFor();
  await page.getByLabel('Role of Ana').selectOption('viewer');
  await page.getByText('Make another administrator first').waitFor();
  await until(async () => (await page.getByLabel('Role of Ana').inputValue()) === 'admin', 'the refused role to go back');
  await page.getByLabel('User name').fill('Ben');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('At least 10 characters are needed').waitFor();
  await page.getByLabel('Password', { exact: true }).fill('the password of Ben');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Ben can log in now').waitFor();
  await accessible(page, 'users');

  const bens = await openPage(browser, { viewport: PHONE, hasTouch: true, isMobile: true });
  await bens.goto(`${server.base}/settings/users`);
  await bens.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.equal(await bens.getByLabel('Password', { exact: true }).getAttribute('autocomplete'), 'current-password');
  await accessible(bens, 'log-in');
  await logIn(bens, 'ben', 'a wrong password');
  await bens.getByText('The name or the password is wrong').waitFor();
  await logIn(bens, 'ben', 'the password of Ben');
  await bens.getByText('This needs the role admin; you are viewer. Ask Ana.').waitFor();

  await page.getByLabel('Role of Ben').selectOption('operator');
  await page.getByText('Ben is operator now').waitFor();
  await bens.goto(`${server.base}/settings/profile`);
  await bens.getByText('Operator: read, acknowledge, change').waitFor();
  await accessible(bens, 'profile');
  await bens.getByLabel('Present password').fill('not the present one');
  await bens.getByLabel('New password', { exact: true }).fill('the second of Ben');
  await bens.getByLabel('Password again').fill('the second of Ben');
  await bens.getByRole('button', { name: 'Change it' }).click();
  await bens.getByText('That is not your present password').waitFor();
  await bens.getByLabel('Present password').fill('the password of Ben');
  await bens.getByRole('button', { name: 'Change it' }).click();
  await bens.getByText('Changed. Every other browser was logged out').waitFor();

  await page.getByRole('button', { name: 'New password of Ben' }).click();
  await page.getByLabel('New password of Ben').fill('the third, by Ana');
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('Ben has a new password').waitFor();
  const dialog = bens.getByRole('dialog');
  await dialog.getByText('What you typed on the page stays').waitFor({ timeout: 20_000 });
  await logIn(dialog, 'Ben', 'the third, by Ana');
  await until(async () => (await dialog.count()) === 0, 'the dialog to go');
  await bens.getByRole('button', { name: 'Log out' }).click();
  await bens.getByRole('heading', { name: 'Log in' }).waitFor();
  await bens.goto(`${server.base}/setup`);
  await bens.getByText('was set up already').waitFor();

  await page.getByRole('button', { name: 'Remove: Ben' }).click();
  await page.getByLabel('Type Ben to remove').fill('Be');
  assert.equal(await page.getByRole('button', { name: 'Remove now' }).isDisabled(), true);
  await page.getByLabel('Type Ben to remove').fill('Ben');
  await page.getByRole('button', { name: 'Remove now' }).click();
  await until(async () => (await page.getByRole('cell', { name: 'Ben' }).count()) === 0, 'Ben to be gone');
  await logIn(bens, 'Ben', 'the third, by Ana');
  await bens.getByText('The name or the password is wrong').waitFor();
  assert.deepEqual([...faults(page), ...faults(bens)], []);
});
