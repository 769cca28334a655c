// Shortcuts for the keyboard. Every page works without them; they only move the
// focus, follow links and press buttons that are on the page anyway. Single
// keys can be switched off (WCAG 2.1.4).
(() => {
  'use strict';
  const store = 'portcullis-keys';
  const read = () => { try { return localStorage.getItem(store) !== 'off'; } catch { return true; } };
  let on = read();

  const panel = document.getElementById('keys');
  const note = document.getElementById('keys-off');
  if (note) {
    const label = document.createElement('label');
    const box = document.createElement('input');
    label.className = 'check';
    box.type = 'checkbox';
    box.checked = on;
    box.addEventListener('change', () => {
      on = box.checked;
      document.documentElement.classList.toggle('keys-on', on);
      try { localStorage.setItem(store, on ? 'on' : 'off'); } catch { /* not kept */ }
    });
    label.append(box, 'Single keys are on');
    note.replaceWith(label);
  }
  document.documentElement.classList.toggle('keys-on', on);

  const typing = (at) => at.closest('input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]');
  const named = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

  const use = (element) => {
    if (element.matches('input[type=radio]')) {
      element.checked = true;
      element.dispatchEvent(new Event('change', { bubbles: true }));
      const next = document.getElementById('because');
      (next ?? element).focus();
    } else if (element.matches('a')) {
      element.click();
    } else {
      // Buttons are only focused: what is recorded is pressed on purpose.
      element.focus();
    }
  };

  // Only the reasons of the chosen verdict can be chosen.
  const reasons = document.getElementById('because');
  const narrow = () => {
    const chosen = document.querySelector('input[name=verdict]:checked')?.value;
    if (!reasons || !chosen) return;
    for (const group of reasons.querySelectorAll('optgroup')) group.disabled = group.dataset.verdict !== chosen;
    if (reasons.selectedOptions[0]?.closest('optgroup')?.disabled) reasons.value = '';
  };
  document.addEventListener('change', (event) => { if (event.target.name === 'verdict') narrow(); });
  narrow();

  const step = (by) => {
    const rows = [...document.querySelectorAll('[data-row]')];
    const at = rows.indexOf(document.activeElement);
    const row = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
    return rows.length > 0;
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const form = event.target.closest?.('form');
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form?.closest('.judge')) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.key === 'Escape' && event.target !== document.body) {
      event.target.blur?.();
      return;
    }
    if (!on || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    let done = true;
    const key = event.key;
    if (key === '?' && panel) {
      panel.open = !panel.open;
      panel.querySelector('summary').focus();
    } else if (key === 'u') {
      const up = [...document.querySelectorAll('.crumbs a')].pop();
      up ? up.click() : (done = false);
    } else if (named(key)) {
      use(named(key));
    } else if (key === 'j' || key === 'k') {
      done = step(key === 'j' ? 1 : -1);
    } else {
      done = false;
    }
    if (done) event.preventDefault();
  });
})();
