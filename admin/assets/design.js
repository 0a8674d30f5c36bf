// design.js - the editor of a design: the preview's width, colours that are picked.

for (const radio of document.querySelectorAll("[data-design-width]"))
  radio.addEventListener("change", () => {
    if (radio.checked)
      document.querySelector("[data-design-frame]").classList.toggle("is-wide", radio.value === "wide");
  });

for (const picker of document.querySelectorAll("[data-colour]")) {
  const typed = document.getElementById(picker.dataset.colour);
  picker.addEventListener("input", () => {
    typed.value = picker.value;
    typed.dispatchEvent(new Event("input", { bubbles: true }));
  });
  typed.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(typed.value))
      picker.value = typed.value;
  });
}
