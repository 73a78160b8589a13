"""The app's own widgets. Each posts the messages it defines and knows no other widget."""
