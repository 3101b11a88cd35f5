// Apart from the page, whose policy allows no script within it.
const target = document.getElementById("api");
SwaggerUIBundle({
  url: target.dataset.document,
  domNode: target,
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
