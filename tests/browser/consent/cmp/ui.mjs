// SPDX-License-Identifier: Apache-2.0
// The window of a consent manager of the tests: two buttons, and a link that brings them back.

/** @param decide called with 'accept' or 'reject' */
export function createWindow(decide) {
  const dialog = document.createElement('dialog');
  const button = (id, text, action) => {
    const made = document.createElement('button');
    made.id = id;
    made.textContent = text;
    made.addEventListener('click', action);
    return made;
  };
  for (const choice of ['accept', 'reject'])
    dialog.append(
      button(choice, choice, () => {
        dialog.close();
        decide(choice);
      }),
    );
  document.body.append(dialog);
  return { dialog, button, show: () => dialog.show() };
}
